"""Refuses an update that drops the site's copy in another Region, or names another Region, while the two replicate.

Without `Secondary`, the primary half no longer publishes what the copy needs, and the copy becomes a site of its own
whose database is promoted. RDS says whether one half's database replicates the other's.
"""

from typing import TYPE_CHECKING

from shared.cross_region_replication.replication import Replication, replication
from update_protection.properties import Copy, ProtectedStores

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_rds import RDSClient


def dropped(old: ProtectedStores, new: ProtectedStores) -> Copy | None:
    """Return the copy that an update drops: without `Secondary`, or with another Region. None if it keeps it."""
    keeps = old.copy is None or (new.copy is not None and new.copy.region == old.copy.region)
    return None if keeps else old.copy


def refusal(cloudformation: "CloudFormationClient", rds: "RDSClient", stack_id: str, copy: Copy) -> str:
    """Return why the stack's half can't do without the copy now, and the way out; empty if it can.

    Raises an error of AWS: in doubt, the update is refused.
    """
    is_copy = rds.meta.region_name == copy.region
    if copy.is_active and not is_copy:
        return _text(copy, "it is the active half, with the current data", "switch back, then delete its stack")
    found = replication(rds, _identifier(cloudformation, stack_id, copy.database))
    if is_copy:
        return _of_copy(copy, found)
    if copy.region in found.replica_regions:
        return _text(copy, "it replicates the database", "delete its stack first")
    return ""


def _of_copy(copy: Copy, found: Replication) -> str:
    if found.replica_regions:
        where = found.replica_regions[0]
        return _text(copy, f"{where} replicates the database", f"switch to {where}, then delete this stack")
    if found.source_region:
        what = f"its database replicates {found.source_region} and would be promoted"
        return _text(copy, what, "delete this stack instead")
    return ""


def _text(copy: Copy, what: str, way: str) -> str:
    return (
        f"The copy in {copy.region} is in use: {what}. No data store was changed. Restore Secondary.Region: "
        f"{copy.region}. To remove the copy, {way} (docs/second-region.md)"
    )


def _identifier(cloudformation: "CloudFormationClient", stack_id: str, logical_id: str) -> str:
    """Return the identifier of a DB instance of the stack: its physical id."""
    found = cloudformation.describe_stack_resource(StackName=stack_id, LogicalResourceId=logical_id)
    return found["StackResourceDetail"]["PhysicalResourceId"]
