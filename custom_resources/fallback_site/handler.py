"""CloudFormation's door to the fallback site. crhelper answers it, whatever happens; the work is done elsewhere."""

import logging
import re
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from bucket_contents.deletion import NotDeletedError
from cloudformation_answer.properties import REGION, InvalidPropertiesError
from cloudformation_answer.resource import CustomResource
from fallback_site.properties import FallbackSite, read
from fallback_site.publish import publish, published_keys, withdraw
from stack_resources.bucket_access import once_let_in
from stack_resources.published_place import published_by_another

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

logger = logging.getLogger(__name__)

helper = CustomResource()

# Publishing is a handful of requests. With these bounds even the worst case ends well within a minute; the function has
# two, of which half a minute may pass until the bucket lets it in.
_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer one request of CloudFormation's."""
    helper(event, context)


@helper.create
@helper.update
def create_or_update(event: dict[str, Any], _context: Any) -> str:
    """Publish the site. Another bucket or prefix is another site: CloudFormation then deletes the old one itself."""
    try:
        site = read(event["ResourceProperties"])
    except InvalidPropertiesError as error:
        raise ValueError(str(error)) from None
    place, known = physical_id(site), str(event.get("PhysicalResourceId", ""))

    def begun() -> None:
        # If this creation fails, Delete has to know where. An update that fails stays where it was.
        helper.PhysicalResourceId = known or place

    s3 = _s3(site.region)
    once_let_in(lambda: published_keys(s3, site.bucket, site.prefix))
    published = publish(s3, site, begun)
    _withdraw_stray(event, kept=(known, place))
    helper.Data.update({"Key": published.key, "Sha256": published.sha256})
    return place


@helper.delete
def delete(event: dict[str, Any], _context: Any) -> None:
    """Withdraw the site that the physical id names. An id that is none of ours was never published: nothing to do.

    Neither is there where another resource of the stack has taken over the place.
    """
    place = str(event.get("PhysicalResourceId", ""))
    bucket, separator, prefix = place.partition("/")
    if not separator or not prefix.endswith("/"):
        logger.info("nothing was published, nothing is withdrawn")
    else:
        _withdraw(event, _bucket_region(event), bucket, prefix)


def physical_id(site: FallbackSite) -> str:
    """Return the site's id: its place, so that Delete knows where to look though the properties are wrong."""
    return f"{site.bucket}/{site.prefix}"


def _withdraw_stray(event: dict[str, Any], kept: tuple[str, ...]) -> None:
    """Withdraw what a failed Update left in another place: its answer named the old one, so nobody else asks for it.

    CloudFormation asks for the old properties then. If this fails it is logged: what was asked for is done.
    """
    try:
        stray = read(event.get("OldResourceProperties", {}))
        if physical_id(stray) not in kept:
            _withdraw(event, stray.region, stray.bucket, stray.prefix)
    except InvalidPropertiesError:
        logger.info("nothing was published with such properties, nothing is withdrawn")
    except (ClientError, BotoCoreError, NotDeletedError):
        logger.exception("what a failed update has published elsewhere may be left over: delete it by hand")


def _withdraw(event: dict[str, Any], region: str | None, bucket: str, prefix: str) -> None:
    place = f"{bucket}/{prefix}"
    if published_by_another(_cloudformation(), event["StackId"], event["LogicalResourceId"], place):
        logger.info("another resource of the stack publishes to %s, nothing is withdrawn", place)
    else:
        withdraw(_s3(region), bucket, prefix)


def _bucket_region(event: dict[str, Any]) -> str | None:
    """Return the Region that a Delete's properties name; None (the stack's own) if they are wrong."""
    region = str(event["ResourceProperties"].get("BucketRegion", ""))
    return region if re.fullmatch(REGION, region) else None


def _s3(region: str | None) -> "S3Client":
    return boto3.client("s3", region_name=region, config=_CONFIG)


def _cloudformation() -> "CloudFormationClient":
    return boto3.client("cloudformation", config=_CONFIG)
