"""The door: CloudFormation's requests, the schedule's runs and an operator's. The work is done elsewhere.

From CloudFormation: `Custom::SavedSite`, answered by crhelper whatever happens. Otherwise an event is
{"Action": "save" or "go-back", "Site": {the custom resource's properties}}; its answer says which version is current.
A save that fails is told by an ERROR in the log and an empty Version with the Reason: Lambda would repeat a run that
raises, and visit a site in trouble three times. What only an operator asks for raises.
"""

import logging
import secrets
from collections.abc import Callable
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
from shared.cfn_response.properties import InvalidPropertiesError
from shared.cfn_response.resource import CustomResource
from shared.publish_target.bucket_access import retry_while_access_denied
from shared.publish_target.own_bucket import require_own
from shared.publish_target.published_place import Removal
from shared.s3_deletion.deletion import delete_below

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

logger = logging.getLogger(__name__)

helper = CustomResource()

# Which addresses a site may have: a test's own site is on none of the internet's.
ADMITS: Admits = is_public

_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 5})

# What publishing 5,000 files takes, with room to spare; the capture gets the rest of the function's time.
PUBLISHING_SECONDS = 240
# An answer has at most 4,096 bytes ("Custom resource response objects"); the log has the whole reason.
_MAX_REASON_LENGTH = 500


class FailedRunError(Exception):
    """A run that did not do what it was asked for; the text says why."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """Answer CloudFormation, or do what the event says and return what came of it."""
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
    """Save the site. If that can't be done now, the stack goes on without: the first deployment has no site yet.

    An update to another source shows the last pages of that one at once. With them, a rollback has its own pages again,
    though nothing can be saved now, and must not fail.
    """
    try:
        site = read(event["ResourceProperties"])
    except InvalidPropertiesError as error:
        raise ValueError(str(error)) from None
    require_own(site.bucket)
    place, known = site.place.physical_id, str(event.get("PhysicalResourceId", ""))

    def begun() -> None:
        # If this creation fails, Delete has to know where. An update that fails stays where it was.
        helper.PhysicalResourceId = known or place

    retry_while_access_denied(lambda: read_current(_s3(), site.place))
    has_pages = event["RequestType"] == "Update" and _has_pages(site)
    try:
        helper.Data.update({**_told(_save(site, context, begun)), "Reason": ""})
    except (NotSavedError, ClientError, BotoCoreError) as error:
        if not isinstance(error, NotSavedError) and not has_pages:
            raise
        logger.error("nothing was saved: %s", error)
        helper.Data.update(_not_saved(error))
    _removal().delete_stray(event, kept=(known, place))
    return place


@helper.delete
def delete(event: dict[str, Any], _context: Any) -> None:
    """Remove all below the prefix that the physical id names."""
    _removal().delete(event)


def _has_pages(site: SavedSite) -> bool:
    """Show the last pages that were saved from this source, if there are any; return whether there are."""
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
            f"Action: found {action!r}; write save or go-back, and the saved site's properties as Site"
        )
    site = read(properties)
    try:
        require_own(site.bucket)
    except ValueError as error:
        raise InvalidPropertiesError(f"Site.{error}") from None
    if action == "save":
        return _told(_save(site, context))
    current = go_back(_s3(), site.place)
    logger.info("went back to %s", current.version)
    return {"Version": current.version, "Previous": current.previous}


def _save(site: SavedSite, context: Any, begun: Callable[[], None] = lambda: None) -> Saved:
    tools = Tools(_s3(), Clock(), ADMITS)
    seconds = context.get_remaining_time_in_millis() / 1000 - PUBLISHING_SECONDS
    saved = save(tools, site, run=secrets.token_hex(4), seconds=seconds, begun=begun)
    logger.info("saved %s", saved)
    return saved


def _not_saved(error: Exception) -> dict[str, Any]:
    return {"Version": "", "Reason": str(error)[:_MAX_REASON_LENGTH]}


def _told(saved: Saved) -> dict[str, Any]:
    return {
        "Version": saved.version,
        "Previous": saved.previous,
        "Pages": saved.pages,
        "Files": saved.files,
        "LeftOut": saved.left_out,
    }


def _s3() -> "S3Client":
    return boto3.client("s3", config=_CONFIG)


def _cloudformation() -> "CloudFormationClient":
    return boto3.client("cloudformation", config=_CONFIG)
