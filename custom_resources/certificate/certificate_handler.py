"""Custom::Certificate: tags a certificate that has been issued, and deletes it once nothing uses it.

The function's role may do both with this certificate only: a policy names it by the Ref of its request.
"""

import logging
from typing import Any

from certificate import arns, clients, failures, ownership, removal, tags
from certificate.properties import read_certificate
from certificate.waiting import ask_again, late
from shared.aws_errors.codes import code, transient
from shared.aws_errors.new_rights import once_in_force
from shared.cfn_response.resource import CustomResource

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# How long to wait until nothing uses a certificate any more.
IN_USE_MINUTES = 30

helper = CustomResource(polls=True)


def answer(event: Event, context: Any) -> None:
    """Answer one request, or have the function called again in a minute."""
    _poll(wanted="CrHelperPoll" in event)
    helper(event, context)


@helper.create
@failures.in_brief
def create(event: Event, context: Any) -> str:
    """Tag the certificate. Its ARN is the id, also if that fails: it is deleted then."""
    helper.PhysicalResourceId = helper.generate_physical_id(event)
    return _tagged(event, context)


@helper.update
@failures.in_brief
def update(event: Event, context: Any) -> str:
    """Tag the certificate, or the one that is named now: CloudFormation then deletes the other by itself."""
    helper.PhysicalResourceId = str(event["PhysicalResourceId"])
    return _tagged(event, context)


@helper.delete
@failures.in_brief
def delete(event: Event, context: Any) -> str:
    """Delete the certificate. An id that is no ARN is of a creation that failed before it had one."""
    helper.PhysicalResourceId = arn = str(event.get("PhysicalResourceId", ""))
    if not arns.is_arn(arn):
        logger.info("%s: no certificate was created; nothing is deleted", arn)
    elif not once_in_force(lambda: _deleted(event, arn, last=False), context):
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
        # If this fails, the Delete that follows asks once more whose it is.
        helper.PhysicalResourceId = wanted.arn
    once_in_force(lambda: ownership.require_requested(wanted.arn), context)
    try:
        once_in_force(lambda: tags.replace(acm, wanted.arn, dict(wanted.tags)), context)
    except acm.exceptions.ResourceNotFoundException:
        # ACM deletes none that is in use. A rollback, which can't be told from an update, must succeed.
        if event.get("PhysicalResourceId") != wanted.arn:
            raise
        logger.warning("%s is gone, and has no tags to replace", wanted.arn)
    helper.Data = {"Arn": wanted.arn}
    return wanted.arn


def _deleted(event: Event, arn: str, *, last: bool) -> bool:
    """Delete the certificate and return whether that is done; `last` is whether no other try follows.

    One that the stack has not requested, or not any more, stays as it is: a stack must not fail to be deleted for it.
    """
    acm = clients.acm(arns.region_of(arn, event["StackId"]))
    try:
        if not ownership.is_requested(arn):
            logger.warning("%s is no certificate of this stack, now; nothing is deleted", arn)
            return True
        return removal.delete(acm, arn)
    except Exception as error:
        if last or not transient(error):
            raise
        logger.info("%s; tried again in a minute", code(error) or error)
        return False


def _poll(*, wanted: bool) -> None:
    """Turn crhelper's polling on only where something is waited for: it would delay every answer by a minute."""
    deleted: Any = poll_deleted if wanted else None
    helper.poll_delete(deleted)
