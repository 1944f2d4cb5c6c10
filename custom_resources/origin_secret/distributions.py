"""Reads and changes the value of a custom header that a CloudFront distribution sends to its origins."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.secret_rotation.steps import RotationError

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_cloudfront.type_defs import DistributionConfigOutputTypeDef, OriginCustomHeaderTypeDef

# Another caller, such as a stack update, changed the distribution between our read and our write.
CHANGED_MEANWHILE = ("PreconditionFailed", "InvalidIfMatchVersion")
ATTEMPTS = 5


def sent(cloudfront: "CloudFrontClient", distribution: str, header: str) -> list[str]:
    """Return the values of the header that a distribution sends, one per origin that receives it."""
    config = cloudfront.get_distribution_config(Id=distribution)["DistributionConfig"]
    return [entry["HeaderValue"] for entry in _headers(config, distribution, header)]


def send(
    cloudfront: "CloudFrontClient",
    distribution: str,
    header: str,
    value: str,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Make a distribution send this value to every origin that receives the header."""
    for attempt in range(1, ATTEMPTS + 1):
        described = cloudfront.get_distribution_config(Id=distribution)
        config = described["DistributionConfig"]
        entries = list(_headers(config, distribution, header))
        if all(entry["HeaderValue"] == value for entry in entries):
            return
        for entry in entries:
            entry["HeaderValue"] = value
        try:
            cloudfront.update_distribution(Id=distribution, IfMatch=described["ETag"], DistributionConfig=config)
        except ClientError as error:
            if error.response["Error"]["Code"] not in CHANGED_MEANWHILE or attempt == ATTEMPTS:
                raise
            pause(attempt)
        else:
            return


def _headers(
    config: "DistributionConfigOutputTypeDef", distribution: str, header: str
) -> "Iterator[OriginCustomHeaderTypeDef]":
    """Yield the header's entries among the origins' custom headers. Raises RotationError if there are none."""
    entries = [
        entry
        for origin in config["Origins"]["Items"]
        for entry in origin.get("CustomHeaders", {}).get("Items", [])
        if entry["HeaderName"].lower() == header.lower()
    ]
    if not entries:
        raise RotationError(
            f"The distribution {distribution} sends {header} to no origin. Deploy the site's stack again."
        )
    yield from entries
