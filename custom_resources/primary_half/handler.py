"""Lambda entry point of three custom resources of a site with a copy in another Region.

Custom::PrimaryHalf tells a half what it needs to know about the other. The copy's reads only Parameter Store of its own
Region, so that it can be updated while the primary Region is down. Custom::ReplicatedDatabase refuses the deletion of
a half while the other one replicates its database. Custom::ReplicatedBackup finds the backups that a half restores
its database from, by its own Region's RDS only; later requests return the same ones, since RDS would replace the
database if they changed.
"""

from typing import Any

import boto3
from botocore.config import Config

from primary_half.backups import newest
from primary_half.properties import read, read_backup, read_database
from primary_half.published import refuse_first, values
from primary_half.replicated import refuse_if_replicated
from shared.aws_errors.new_permissions import retry_while_denied
from shared.cfn_response.properties import InvalidPropertiesError
from shared.cfn_response.resource import CustomResource

PHYSICAL_ID = "primary-half"
# The same for every database: the function has no right to ask about one that an update has replaced.
GUARD_ID = "replicated-database"
GUARD = "Custom::ReplicatedDatabase"
BACKUP = "Custom::ReplicatedBackup"

helper = CustomResource()

_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle one CloudFormation request."""
    helper(event, context)


@helper.create
@helper.update
def create_or_update(event: dict[str, Any], context: Any) -> str:
    """Return the published values, or the backups' ARN, as attributes; of a guarded database, only check it."""
    if event["ResourceType"] == GUARD:
        read_database(event["ResourceProperties"])
        return GUARD_ID
    if event["ResourceType"] == BACKUP:
        return _backup(event, context)
    wanted = read(event["ResourceProperties"])
    ssm = boto3.client("ssm", region_name=wanted.region or None, config=_CONFIG)
    found = values(ssm, wanted)
    if event["RequestType"] == "Create":
        refuse_first(wanted, ssm.meta.region_name)
    helper.Data.update(found)
    return PHYSICAL_ID


def _backup(event: dict[str, Any], context: Any) -> str:
    """Return the ARN of the newest backups; in an update, that of the ones that were found at the creation."""
    database = read_backup(event["ResourceProperties"])
    if event["RequestType"] == "Update":
        arn = str(event["PhysicalResourceId"])
    else:
        rds = boto3.client("rds", config=_CONFIG)
        # The right to list backups is as new as the request.
        arn = retry_while_denied(lambda: newest(rds, database), context)
    helper.Data["Arn"] = arn
    return arn


@helper.delete
def delete(event: dict[str, Any], _context: Any) -> None:
    """Refuse it for a database that the other half replicates. The published values belong to the other half."""
    if event["ResourceType"] != GUARD:
        return
    try:
        database = read_database(event["ResourceProperties"])
    except InvalidPropertiesError:
        # It was never created with these.
        return
    # Another id: the creation failed.
    if event["PhysicalResourceId"] != GUARD_ID:
        return
    refuse_if_replicated(boto3.client("rds", config=_CONFIG), database)
