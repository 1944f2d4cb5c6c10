"""Lambda entry point for CloudFormation's requests, scheduled runs and operators.

CloudFormation sends requests for `Custom::SavedSite`. Any other event is
{"Action": "save" or "go-back", "Site": {the custom resource's properties}}; its result names the current version.
A failed save logs an ERROR and returns an empty Version with the Reason: if it raised, Lambda would retry the run, and
crawl a site in trouble three times. `go-back`, which only operators use, raises.
"""

import logging
import secrets
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from saved_site.captured import NotSavedError
from saved_site.clock import Clock
from saved_site.properties import SavedSite, read
from saved_site.public_addresses import Admits, is_public
from saved_site.save import Saved, Tools, save
from saved_site.versions import LostRaceError, go_back, read_current, switch_to_source
from shared.aws_errors.new_permissions import retry_while_denied
from shared.cfn_response.properties import InvalidPropertiesError
from shared.cfn_response.resource import CustomResource
from shared.publish_target.own_bucket import require_own
from shared.publish_target.published_place import Removal
from shared.s3_deletion.deletion import delete_below

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

logger = logging.getLogger(__name__)

helper = CustomResource()

# Decides which addresses may be connected to. Tests replace it, since their site has no public address.
ADMITS: Admits = is_public

_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 5})

# Enough time to publish 5,000 files; the capture gets the rest of the function's time.
PUBLISHING_SECONDS = 240
# A response has at most 4,096 bytes ("Custom resource response objects"); the log has the whole reason.
_MAX_REASON_LENGTH = 500


class FailedRunError(Exception):
    """A run failed; the message says why."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """Handle a CloudFormation request, or run the event's action and return its result."""
    if "RequestType" in event:
        helper(event, context)
        return None
    try:
        return _act(event, context)
    except (NotSavedError, ClientError, BotoCoreError) as error:
        logger.error("%s failed: %s", event["Action"], error)
        if event["Action"] == "save":
            return _not_saved(error)
        raise FailedRunError(str(error)) from None
    except InvalidPropertiesError as error:
        logger.error("%s", error)
        raise FailedRunError(str(error)) from None


@helper.create
@helper.update
def create_or_update(event: dict[str, Any], context: Any) -> str:
    """Save the site. If that is not possible yet, the request still succeeds: a first deployment has no site to save.

    An update to another source first switches to the last version saved from that source. A rollback therefore restores
    its own pages even if nothing can be saved at the moment, and must not fail.
    """
    site = read(event["ResourceProperties"])
    require_own(site.bucket)
    place, known = site.place.physical_id, str(event.get("PhysicalResourceId", ""))

    def on_start() -> None:
        # If a creation fails, Delete needs to know the place. A failed update keeps its old place.
        helper.PhysicalResourceId = known or place

    retry_while_denied(lambda: read_current(_s3(), site.place), context)
    has_pages = event["RequestType"] == "Update" and _has_pages(site)
    try:
        helper.Data.update({**_result(_save(site, context, on_start)), "Reason": ""})
    except (NotSavedError, ClientError, BotoCoreError) as error:
        if not isinstance(error, NotSavedError) and not has_pages:
            raise
        logger.error("nothing was saved: %s", error)
        helper.Data.update(_not_saved(error))
    _removal().delete_stray(event, kept=(known, place))
    return place


@helper.delete
def delete(event: dict[str, Any], _context: Any) -> None:
    """Remove all objects below the prefix that the physical id names."""
    _removal().delete(event)


def _has_pages(site: SavedSite) -> bool:
    """Switch to the last version saved from this source, if there is one; return whether there is."""
    try:
        return switch_to_source(_s3(), site)
    except LostRaceError as error:
        logger.warning("%s", error)
        return False


def _removal() -> Removal:
    return Removal(
        _cloudformation,
        lambda properties: read(properties).place,
        lambda place, _properties: delete_below(_s3(), place.bucket, place.prefix),
    )


def _act(event: dict[str, Any], context: Any) -> dict[str, Any]:
    action, properties = event.get("Action"), event.get("Site")
    if action not in ("save", "go-back") or not isinstance(properties, dict):
        raise InvalidPropertiesError(
            f"Action: found {action!r}; write save or go-back as Action, and the saved site's properties as Site"
        )
    site = read(properties)
    try:
        require_own(site.bucket)
    except ValueError as error:
        raise InvalidPropertiesError(f"Site.{error}") from None
    if action == "save":
        return _result(_save(site, context))
    current = go_back(_s3(), site.place)
    logger.info("switched back to %s", current.version)
    return {"Version": current.version, "Previous": current.previous}


def _save(site: SavedSite, context: Any, on_start: Callable[[], None] = lambda: None) -> Saved:
    tools = Tools(_s3(), Clock(), ADMITS)
    seconds = context.get_remaining_time_in_millis() / 1000 - PUBLISHING_SECONDS
    saved = save(tools, site, run=secrets.token_hex(4), seconds=seconds, on_start=on_start)
    logger.info("saved %s", saved)
    return saved


def _not_saved(error: Exception) -> dict[str, Any]:
    return {"Version": "", "Reason": str(error)[:_MAX_REASON_LENGTH]}


def _result(saved: Saved) -> dict[str, Any]:
    return {
        "Version": saved.version,
        "Previous": saved.previous,
        "Pages": saved.pages,
        "Files": saved.files,
        "LeftOut": saved.left_out,
    }


@cache
def _s3() -> "S3Client":
    return boto3.client("s3", config=_CONFIG)


@cache
def _cloudformation() -> "CloudFormationClient":
    return boto3.client("cloudformation", config=_CONFIG)
