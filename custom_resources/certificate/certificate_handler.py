"""Custom::Certificate: tags an issued certificate, and deletes it once no resource uses it.

The function's role allows both for this certificate only: a policy names it by the Ref of its request.
"""

import logging
from typing import Any

from certificate import arns, clients, failures, ownership, removal, tags
from certificate.properties import read_certificate
from certificate.waiting import ask_again, late
from shared.aws_errors.codes import code, transient
from shared.aws_errors.new_permissions import retry_while_denied
from shared.cfn_response.resource import CustomResource

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# How long to wait until no resource uses the certificate.
IN_USE_MINUTES = 30

helper = CustomResource(polls=True)


def answer(event: Event, context: Any) -> None:
    """Answer one request, or have the function called again in a minute."""
    _poll(wanted="CrHelperPoll" in event)
    helper(event, context)


@helper.create
@failures.in_brief
def create(event: Event, context: Any) -> str:
    """Tag the certificate. Its ARN is the id even if tagging fails, so that CloudFormation's Delete removes it."""
    helper.PhysicalResourceId = helper.generate_physical_id(event)
    return _tagged(event, context)


@helper.update
@failures.in_brief
def update(event: Event, context: Any) -> str:
    """Tag the certificate that the properties name. If it is a new one, CloudFormation then deletes the old one."""
    helper.PhysicalResourceId = str(event["PhysicalResourceId"])
    return _tagged(event, context)


@helper.delete
@failures.in_brief
def delete(event: Event, context: Any) -> str:
    """Delete the certificate. An id that is not an ARN belongs to a creation that failed before it had one."""
    helper.PhysicalResourceId = arn = str(event.get("PhysicalResourceId", ""))
    if not arns.is_arn(arn):
        logger.info("%s: no certificate was created; nothing is deleted", arn)
    elif not retry_while_denied(lambda: _deleted(event, arn, last=False), context):
        ask_again(helper, event, IN_USE_MINUTES, {"Arn": arn})
        _poll(wanted=True)
    return arn


@failures.in_brief
def poll_deleted(event: Event, _context: Any) -> str | None:
    """Return the certificate's ARN once it is deleted, None until then."""
    helper.PhysicalResourceId = arn = str(event["PhysicalResourceId"])
    if _deleted(event, arn, last=late(helper)):
        return arn
    if late(helper):
        users = removal.users(clients.acm(arns.region_of(arn, event["StackId"])), arn)
        raise failures.still_in_use(helper.Data["Minutes"], arn, users)
    return None


def _tagged(event: Event, context: Any) -> str:
    wanted = read_certificate(event["ResourceProperties"])
    acm = clients.acm(arns.region_of(wanted.arn, event["StackId"]))
    if event["RequestType"] == "Create":
        # If this fails, the Delete that follows checks the ownership again.
        helper.PhysicalResourceId = wanted.arn
    retry_while_denied(lambda: ownership.require_requested(wanted.arn), context)
    try:
        retry_while_denied(lambda: tags.replace(acm, wanted.arn, dict(wanted.tags)), context)
    except acm.exceptions.ResourceNotFoundException:
        # ACM never deletes a certificate in use. A rollback, which looks like any other update, must succeed.
        if event.get("PhysicalResourceId") != wanted.arn:
            raise
        logger.warning("%s no longer exists; its tags are not replaced", wanted.arn)
    helper.Data = {"Arn": wanted.arn}
    return wanted.arn


def _deleted(event: Event, arn: str, *, last: bool) -> bool:
    """Delete the certificate and return whether that is complete; `last` says that this is the last attempt.

    A certificate that is not, or no longer, requested by the stack is kept: it must not block the stack's deletion.
    """
    acm = clients.acm(arns.region_of(arn, event["StackId"]))
    try:
        if not ownership.is_requested(arn):
            logger.warning("%s was not requested by this stack; nothing is deleted", arn)
            return True
        return removal.delete(acm, arn)
    except Exception as error:
        if last or not transient(error):
            raise
        logger.info("%s; retrying in one minute", code(error) or error)
        return False


def _poll(*, wanted: bool) -> None:
    """Turn on crhelper's polling only if there is something to wait for: it delays every response by a minute."""
    deleted: Any = poll_deleted if wanted else None
    helper.poll_delete(deleted)
