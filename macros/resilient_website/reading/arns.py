"""Checks the partition, Region and account of ARNs in properties. Only AWS can check whether their resources exist."""

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.facts.regions import PARTITION
from resilient_website.problems import shown
from resilient_website.reading.reader import Reader


def check_account(arn: Value | None, path: str, reader: Reader, *, why: str) -> None:
    """Note an ARN of another account, where AWS accepts only the site's own; `why` is the reason.

    Values that are not literal ARNs pass, and ARNs of AWS itself; so does everything if the account is not known.
    """
    if not reader.account or not isinstance(arn, str):
        return
    owner = ":".join(arn.split(":")[4:5])
    if owner.isdecimal() and owner != reader.account:
        found = f"found {shown(arn)}, which belongs to account {owner}"
        reader.problem(path, found, f"write one of this account ({reader.account}): {why}")


def check_region(arn: Value | None, region: str, path: str, reader: Reader, *, wanted: str, why: str) -> None:
    """Note an ARN that is not in the required Region, or not in the partition of a site's Regions.

    `wanted` is what the property takes ("the ARN of a KMS key"), `why` the reason for the Region. Values that are not
    literal ARNs (an intrinsic, a key alias) pass.
    """
    if not isinstance(arn, str) or not arn.startswith("arn:"):
        return
    _, partition, _, found, *_ = [*arn.split(":"), "", "", ""]
    if partition != PARTITION and found == region:
        fix = f"begin it with arn:{PARTITION}:, the partition of {region}"
        reader.problem(path, f"found {shown(arn)}, which is in the partition {partition}", fix)
    elif found != region:
        fix = f"write {wanted} in {region}: {why}"
        reader.problem(path, f"found {shown(arn)}, which is in {found or 'no Region'}", fix)
