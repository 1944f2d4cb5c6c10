"""Checks the partition and Region of ARNs in properties. Only AWS can check whether their resources exist."""

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.facts.regions import PARTITION
from resilient_website.problems import shown
from resilient_website.reading.reader import Reader


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
