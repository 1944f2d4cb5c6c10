"""CloudFormation's door to certificates. crhelper answers it, whatever happens; the work is done elsewhere.

What takes long is not waited for: crhelper makes a rule that calls the function again each minute, with the request and
what stands in `helper.Data`, until there is an answer.
"""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from certificate import failures, issuance, removal
from certificate.ownership import replace_tags
from certificate.properties import Certificate, read
from cloudformation_answer.aws_errors import code, transient
from cloudformation_answer.owner import Owner
from cloudformation_answer.properties import InvalidPropertiesError
from cloudformation_answer.resource import CustomResource

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient
    from mypy_boto3_route53 import Route53Client

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# How long to wait for a validation, and for whoever uses a certificate to let go. CloudFormation itself waits an hour,
# or ServiceTimeout seconds if a template has it; a later answer reaches nobody, so there is room for two more polls.
VALIDATION_MINUTES = 50
IN_USE_MINUTES = 30
_SERVICE_TIMEOUT = 3600
_MARGIN_MINUTES = 2

# crhelper appends 8 characters for the name of its rule, which has 64 at most (Source: "PutRule" in the EventBridge API
# Reference); and the function's role may make rules with Certificate in their name only.
LONGEST_LOGICAL_ID = 56

# A request takes a handful of calls, which end within the function's minute even if they are slow. crhelper makes its
# own clients, of the default session.
_session = botocore.session.get_session()
_session.set_default_client_config(
    Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
)
boto3.setup_default_session(botocore_session=_session)

helper = CustomResource(polls=True)


def handler(event: Event, context: Any) -> None:
    """Answer one request of CloudFormation's, or have it asked again in a minute."""
    polled = "CrHelperPoll" in event
    _poll(polled)
    helper(event, context)
    # crhelper answers FAILED if it can't make its rule, and still has the id: of a certificate that nobody will know.
    if event["RequestType"] == "Update" and not polled and event.get("CrHelperPoll") and helper.PhysicalResourceId:
        _abandon_replacement(event, event["CrHelperData"])


def _told_briefly(work: Callable[[Event, Any], str | None]) -> Callable[[Event, Any], str | None]:
    """Wrap what crhelper calls: it would cut the beginning off what AWS answers, where the code is."""

    def told(event: Event, context: Any) -> str | None:
        try:
            return work(event, context)
        except ClientError as error:
            raise failures.brief(error) from error

    return told


@helper.create
@_told_briefly
def create(event: Event, _context: Any) -> str:
    """Request a certificate. The id is its ARN as soon as there is one, so that Delete gets it if the rest fails."""
    helper.PhysicalResourceId = helper.generate_physical_id(event)
    if len(event["LogicalResourceId"]) > LONGEST_LOGICAL_ID or "Certificate" not in event["LogicalResourceId"]:
        raise ValueError(
            f"LogicalResourceId: found {event['LogicalResourceId'][:60]}; a rule is named after it: write at most "
            f"{LONGEST_LOGICAL_ID} characters with Certificate among them, as in SiteEdgeCertificate"
        )
    return _request(event, _wanted(event))


@helper.update
@_told_briefly
def update(event: Event, _context: Any) -> str:
    """Keep the certificate and replace its tags, or have another: CloudFormation then deletes the old one itself.

    What counts is what the certificate is, not what the old properties say: after a failed update, CloudFormation asks
    for the properties that the certificate still has. If that update had replaced it, CloudFormation knows the other
    one, and the one that it asks for is among the owner's. In another hosted zone, the same gets its records.
    """
    helper.PhysicalResourceId = current = str(event["PhysicalResourceId"])
    wanted, old = _wanted(event), event.get("OldResourceProperties", {})
    acm = _acm(wanted.region)
    arn = current if issuance.fits(acm, current, wanted) else issuance.issued_before(acm, Owner.of(event), wanted)
    if arn is None:
        return _request(event, wanted)
    replace_tags(acm, arn, Owner.of(event), dict(wanted.tags))
    if arn == current:
        _delete_strays(old, Owner.of(event), keep=current)
    return _settle(event, arn, wanted.hosted_zone_id)


@helper.delete
@_told_briefly
def delete(event: Event, _context: Any) -> str:
    """Delete the certificate. An id that is no ARN is of a request that failed, or was cancelled while under way."""
    helper.PhysicalResourceId = arn = str(event.get("PhysicalResourceId", ""))
    if issuance.region_of(arn) is None:
        _delete_strays(event["ResourceProperties"], Owner.of(event))
    elif not _deleted(arn, late=False):
        _ask_again(event, IN_USE_MINUTES, {"Arn": arn})
    return arn


@_told_briefly
def poll_issued(event: Event, _context: Any) -> str | None:
    """Return the certificate's ARN once it is issued, None until then."""
    arn, zone_id = str(helper.Data["Arn"]), str(helper.Data["HostedZoneId"])
    helper.PhysicalResourceId = _id_if_it_fails(event, arn)
    try:
        waiting = issuance.advance(_acm(issuance.region_of(arn)), _route53(), arn, zone_id)
        if waiting and _late():
            raise failures.still_pending(helper.Data["Minutes"], waiting, zone_id)
    except Exception as error:
        if transient(error) and not _late():
            logger.info("%s; asked again in a minute", error)
            return None
        _abandon_replacement(event, helper.Data)
        raise
    if waiting:
        return None
    helper.Data = {"Arn": arn}
    return arn


@_told_briefly
def poll_deleted(event: Event, _context: Any) -> str | None:
    """Return the certificate's ARN once it is deleted, None until then."""
    helper.PhysicalResourceId = arn = str(event["PhysicalResourceId"])
    if _deleted(arn, late=_late()):
        return arn
    if _late():
        users = removal.users(_acm(issuance.region_of(arn)), arn)
        raise failures.still_in_use(helper.Data["Minutes"], arn, users)
    return None


def _request(event: Event, wanted: Certificate) -> str:
    owner = Owner.of(event)
    token = issuance.token(owner, event["RequestId"], wanted)
    arn = issuance.request(_acm(wanted.region), wanted, owner, token)
    helper.PhysicalResourceId = _id_if_it_fails(event, arn)
    try:
        return _settle(event, arn, wanted.hosted_zone_id, requested=True)
    except Exception:
        _abandon_replacement(event, {"Arn": arn, "Requested": True})
        raise


def _settle(event: Event, arn: str, zone_id: str, *, requested: bool = False) -> str:
    """Return the id to answer with: now if the certificate is issued, or if it can't be polled for until it is.

    `requested`: whether this request has made it, so that nobody needs it if the request fails.
    """
    helper.Data = {"Arn": arn}
    try:
        waiting = bool(issuance.advance(_acm(issuance.region_of(arn)), _route53(), arn, zone_id))
    except Exception as error:
        # Some seconds pass before ACM knows what it was asked for. Source: "RequestCertificate", ACM API Reference.
        if not transient(error) and code(error) != "ResourceNotFoundException":
            raise
        logger.info("%s; asked again in a minute", error)
        waiting = True
    if not waiting:
        return arn
    _ask_again(event, VALIDATION_MINUTES, {"Arn": arn, "HostedZoneId": zone_id, "Requested": requested})
    return _id_if_it_fails(event, arn)


def _id_if_it_fails(event: Event, arn: str) -> str:
    """Return the new certificate if CloudFormation will delete it, which it does after a creation, else the old one."""
    return arn if event["RequestType"] == "Create" else str(event["PhysicalResourceId"])


def _deleted(arn: str, *, late: bool) -> bool:
    try:
        return removal.delete(_acm(issuance.region_of(arn)), arn)
    except Exception as error:
        if late or not transient(error):
            raise
        logger.info("%s; asked again in a minute", error)
        return False


def _ask_again(event: Event, minutes: int, state: dict[str, Any]) -> None:
    """Have crhelper poll, and leave in `helper.Data` what polling needs.

    The rule carries the request, of which EventBridge takes 8,192 characters: long lists of names stay behind. Source:
    "Target" in the EventBridge API Reference.
    """
    allowed = int(event["ResourceProperties"].get("ServiceTimeout", _SERVICE_TIMEOUT)) // 60 - _MARGIN_MINUTES
    minutes = max(0, min(minutes, allowed))
    helper.Data = {**state, "Minutes": minutes, "GiveUpAt": time.time() + 60 * minutes}
    event.pop("OldResourceProperties", None)
    event["ResourceProperties"] = {}
    _poll(True)


def _poll(wanted: bool) -> None:
    """Turn crhelper's polling on only where something is waited for: it would delay every answer by a minute."""
    issued: Any = poll_issued if wanted else None
    deleted: Any = poll_deleted if wanted else None
    helper.poll_create(issued)
    helper.poll_update(issued)
    helper.poll_delete(deleted)


def _late() -> bool:
    return bool(time.time() >= helper.Data["GiveUpAt"])


def _abandon_replacement(event: Event, state: dict[str, Any]) -> None:
    """Delete what an update that fails has requested: its answer names the old certificate, so nobody else would."""
    if event["RequestType"] == "Update" and state["Requested"]:
        removal.abandon(_acm(issuance.region_of(state["Arn"])), state["Arn"])


def _delete_strays(properties: dict[str, Any], owner: Owner, keep: str = "") -> None:
    try:
        earlier = read(properties)
    except InvalidPropertiesError:
        logger.info("nothing was requested with such properties, nothing is deleted")
        return
    removal.delete_strays(_acm(earlier.region), owner, earlier.domain_name, keep)


def _wanted(event: Event) -> Certificate:
    try:
        return read(event["ResourceProperties"])
    except InvalidPropertiesError as error:
        raise ValueError(str(error)) from None


def _acm(region: str | None) -> "ACMClient":
    return boto3.client("acm", region_name=region)


def _route53() -> "Route53Client":
    return boto3.client("route53")
