"""Settings of a distribution that this function's SDK does not know.

A distribution is updated as a whole: what the SDK leaves out of the configuration that it reads, CloudFront would take
as removed. The SDK is the Lambda runtime's, and may be older than a setting of CloudFront's. So its answers are
compared with what CloudFront sent. Source: "UpdateDistribution" in the Amazon CloudFront API Reference.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from shared.secret_rotation.steps import RotationError

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

OPERATION = "GetDistributionConfig"
SUCCESS = 300


def refused_by(cloudfront: "CloudFrontClient") -> None:
    """Let a client raise RotationError where it reads a distribution with settings that it does not know."""
    cloudfront.meta.events.register(f"before-parse.cloudfront.{OPERATION}", _compare)


def unknown(body: bytes, shape: Any) -> list[str]:
    """Return the paths of the elements of an answer that its shape, one of botocore's, has no members for."""
    return list(_unknown(ElementTree.fromstring(body), shape, ""))  # noqa: S314 (CloudFront's own answer)


def _compare(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] >= SUCCESS:
        return
    strange = unknown(response_dict["body"], operation_model.output_shape.members["DistributionConfig"])
    if strange:
        raise RotationError(
            f"The distribution has settings that this function's SDK does not know, and would remove: "
            f"{', '.join(strange)}. The current value stays in use. Take them away, or wait for a newer Lambda runtime."
        )


def _unknown(element: ElementTree.Element, shape: Any, path: str) -> Iterator[str]:
    if shape.type_name == "list":
        for item in element:
            yield from _unknown(item, shape.member, path)
    if shape.type_name != "structure":
        return
    members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
    for child in element:
        name = child.tag.rpartition("}")[2]
        place = f"{path}.{name}".lstrip(".")
        if name in members:
            yield from _unknown(child, members[name], place)
        else:
            yield place
