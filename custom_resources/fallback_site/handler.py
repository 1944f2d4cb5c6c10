"""Lambda entry point of the fallback site's custom resource."""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from fallback_site.properties import read
from fallback_site.publish import publish, published_keys, withdraw
from shared.aws_errors.new_permissions import retry_while_denied
from shared.cfn_response.properties import REGION
from shared.cfn_response.resource import CustomResource
from shared.publish_target.own_bucket import require_own
from shared.publish_target.published_place import Place, Removal

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

helper = CustomResource()

# Publishing takes a few requests. With these limits even the worst case ends well within a minute. The function has two
# minutes, of which 30 seconds may pass until the role's policy is in effect.
_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle one CloudFormation request."""
    helper(event, context)


@helper.create
@helper.update
def create_or_update(event: dict[str, Any], context: Any) -> str:
    """Publish the site. A new bucket or prefix is a new resource: CloudFormation then deletes the old one."""
    site = read(event["ResourceProperties"])
    require_own(site.bucket)
    place, known = site.place.physical_id, str(event.get("PhysicalResourceId", ""))

    def on_start() -> None:
        # If a creation fails, Delete needs to know the place. A failed update keeps its old place.
        helper.PhysicalResourceId = known or place

    s3 = _s3(site.region)
    retry_while_denied(lambda: published_keys(s3, site.place), context)
    published = publish(s3, site, on_start)
    _removal().delete_stray(event, kept=(known, place))
    helper.Data.update({"Key": published.key, "Sha256": published.sha256})
    return place


@helper.delete
def delete(event: dict[str, Any], _context: Any) -> None:
    """Remove the site that the physical id names."""
    _removal().delete(event)


def _removal() -> Removal:
    return Removal(_cloudformation, lambda properties: read(properties).place, _withdraw)


def _withdraw(place: Place, properties: Mapping[str, Any]) -> None:
    # The stack's own Region if the property is invalid.
    region = str(properties.get("BucketRegion", ""))
    withdraw(_s3(region if re.fullmatch(REGION, region) else None), place)


@cache
def _s3(region: str | None) -> "S3Client":
    return boto3.client("s3", region_name=region, config=_CONFIG)


@cache
def _cloudformation() -> "CloudFormationClient":
    return boto3.client("cloudformation", config=_CONFIG)
