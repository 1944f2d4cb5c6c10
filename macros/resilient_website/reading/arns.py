"""ARNs in properties: of the right Region. What they name otherwise, only AWS can tell."""

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.problems import shown
from resilient_website.reading.reader import Reader


def check_region(arn: Value | None, region: str, path: str, reader: Reader, *, wanted: str, why: str) -> None:
    """Note an ARN of another Region than the one that it has to be of.

    `wanted` names what the property takes ("the ARN of a KMS key"), `why` whose rule the Region is. What is no literal
    ARN (an intrinsic; a key's alias) passes.
    """
    if not isinstance(arn, str) or not arn.startswith("arn:"):
        return
    _, _, _, found, *_ = [*arn.split(":"), "", "", ""]
    if found != region:
        fix = f"write {wanted} in {region}: {why}"
        reader.problem(path, f"found {shown(arn)}, which is in {found or 'no Region'}", fix)
