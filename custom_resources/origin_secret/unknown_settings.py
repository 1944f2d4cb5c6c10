"""Detects settings of a distribution that this function's SDK does not know.

UpdateDistribution replaces the whole configuration, so CloudFront removes every setting that the SDK drops when it
parses GetDistributionConfig. The SDK comes with the Lambda runtime and may be older than a CloudFront setting, so its
model is compared with the raw response. Source: "UpdateDistribution" in the Amazon CloudFront API Reference.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from shared.secret_rotation.steps import RotationError

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

OPERATION = "GetDistributionConfig"
SUCCESS = 300


def reject_unknown_settings(cloudfront: "CloudFrontClient") -> None:
    """Make a client raise RotationError when it reads a distribution with settings that it does not know."""
    cloudfront.meta.events.register(f"before-parse.cloudfront.{OPERATION}", _compare)


def unknown(body: bytes, shape: Any) -> list[str]:
    """Return the paths of the elements in a response body that its botocore shape has no members for."""
    return list(_unknown(ElementTree.fromstring(body), shape, ""))  # noqa: S314 (CloudFront's own response)


def _compare(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] >= SUCCESS:
        return
    strange = unknown(response_dict["body"], operation_model.output_shape.members["DistributionConfig"])
    if strange:
        raise RotationError(
            f"The distribution has settings that this function's SDK does not know and would remove: "
            f"{', '.join(strange)}. The current value stays in use. Remove them, or wait for a newer Lambda runtime."
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
