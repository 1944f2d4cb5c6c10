"""Custom::CertificateRequest: requests a certificate and waits until it is issued. Its id is the certificate's ARN.

Other names or another Region are another resource in the template, never an update of this one: the right to delete the
certificate names its ARN, and would be lost before the certificate is deleted.
"""

import logging
from typing import Any

from certificate import arns, clients, failures, issuance, ownership
from certificate.properties import CertificateRequest, read_request
from certificate.waiting import ask_again, late
from shared.aws_errors.codes import code, transient
from shared.aws_errors.new_rights import once_in_force
from shared.cfn_response.resource import CustomResource

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# How long to wait for a validation, which takes minutes, rarely half an hour. Source: "DNS validation" in the ACM User
# Guide.
VALIDATION_MINUTES = 50

helper = CustomResource(polls=True)


def answer(event: Event, context: Any) -> None:
    """Answer one request, or have the function called again in a minute."""
    _poll(wanted="CrHelperPoll" in event)
    helper(event, context)


@helper.create
@failures.in_brief
def create(event: Event, context: Any) -> str:
    """Request a certificate."""
    helper.PhysicalResourceId = helper.generate_physical_id(event)
    return _requested(event, context, read_request(event["ResourceProperties"]))


@helper.update
@failures.in_brief
def update(event: Event, context: Any) -> str:
    """Keep the certificate, and put its records into the hosted zone, which may be another one.

    What counts is what the certificate is, not what the old properties say: a rollback asks for what it is already. One
    that is gone or has failed is requested anew, and then has another ARN.
    """
    helper.PhysicalResourceId = current = str(event["PhysicalResourceId"])
    wanted, region = read_request(event["ResourceProperties"]), arns.region_of(current, event["StackId"])
    once_in_force(lambda: ownership.require_under_way(event["LogicalResourceId"], current), context)
    detail = issuance.described(clients.acm(region), current)
    if region != wanted.region or (detail and issuance.names_of(detail) != (wanted.domain_name, wanted.names)):
        raise failures.other_names(current)
    if detail and detail["Status"] in issuance.ALIVE:
        return _settled(event, context, current, wanted.hosted_zone_id)
    return _requested(event, context, wanted)


@helper.delete
@failures.in_brief
def delete(event: Event, _context: Any) -> str:
    """Delete nothing: Custom::Certificate has deleted the certificate. One that is still there is logged.

    A creation that was cancelled has no ARN for its id, and may have left its rule.
    """
    helper.PhysicalResourceId = arn = str(event.get("PhysicalResourceId", ""))
    if arns.is_arn(arn):
        _log_if_it_stays(arn, arns.region_of(arn, event["StackId"]))
    else:
        helper.remove_rule_of_creation()
        logger.info("%s: if a certificate was requested, it stays, and is not used", arn)
    return arn


@failures.in_brief
def poll_issued(event: Event, _context: Any) -> str | None:
    """Return the certificate's ARN once it is issued, None until then."""
    arn, zone_id = str(helper.Data["Arn"]), str(helper.Data["HostedZoneId"])
    helper.PhysicalResourceId = _id_if_it_fails(event, arn)
    acm = _acm(event, arn)
    try:
        # No list is sure to have the ARN of a creation, which CloudFormation learns from the answer.
        if event["RequestType"] != "Create":
            ownership.require_under_way(event["LogicalResourceId"], arn)
        waiting = issuance.advance(acm, clients.route53(), arn, zone_id)
        if waiting and late(helper):
            raise failures.still_pending(helper.Data["Minutes"], waiting, zone_id)
    except Exception as error:
        if transient(error) and not late(helper):
            logger.info("%s; tried again in a minute", error)
            return None
        raise
    if waiting:
        return None
    helper.Data = {"Arn": arn}
    return arn


def _requested(event: Event, context: Any, wanted: CertificateRequest) -> str:
    acm = clients.acm(wanted.region)
    token = issuance.token(event, wanted)
    arn = once_in_force(lambda: issuance.request(acm, wanted, token), context)
    logger.info("requested %s", arn)
    helper.PhysicalResourceId = _id_if_it_fails(event, arn)
    return _settled(event, context, arn, wanted.hosted_zone_id)


def _settled(event: Event, context: Any, arn: str, zone_id: str) -> str:
    """Return the id to answer with: now if the certificate is issued, or if it can't be polled for until it is."""
    acm, route53 = _acm(event, arn), clients.route53()
    helper.Data = {"Arn": arn}
    try:
        waiting = bool(once_in_force(lambda: issuance.advance(acm, route53, arn, zone_id), context))
    except Exception as error:
        # Some seconds pass before ACM finds what it was asked for. Source: "RequestCertificate", ACM API Reference.
        if not transient(error) and code(error) != "ResourceNotFoundException":
            raise
        logger.info("%s; tried again in a minute", error)
        waiting = True
    if not waiting:
        return arn
    ask_again(helper, event, VALIDATION_MINUTES, {"Arn": arn, "HostedZoneId": zone_id})
    _poll(wanted=True)
    return _id_if_it_fails(event, arn)


def _id_if_it_fails(event: Event, arn: str) -> str:
    """Return the id for a failure: an update that fails must not replace what CloudFormation goes back to."""
    return arn if event["RequestType"] == "Create" else str(event["PhysicalResourceId"])


def _log_if_it_stays(arn: str, region: str) -> None:
    try:
        if not ownership.is_known(arn):
            logger.warning("%s is no certificate of this stack, now", arn)
            return
        detail = issuance.described(clients.acm(region), arn)
    except Exception as error:
        logger.warning("%s: not known whether it is gone: %s", arn, error)
        return
    if detail:
        # Source of the 72 hours: "DNS validation" in the ACM User Guide.
        logger.warning(
            "%s stays, %s: nothing of this stack uses it; delete it by hand. ACM ends a request that is not validated "
            "within 72 hours, and charges for none",
            arn,
            detail["Status"],
        )


def _poll(*, wanted: bool) -> None:
    """Turn crhelper's polling on only where something is waited for: it would delay every answer by a minute."""
    issued: Any = poll_issued if wanted else None
    helper.poll_create(issued)
    helper.poll_update(issued)


def _acm(event: Event, arn: str) -> Any:
    return clients.acm(arns.region_of(arn, event["StackId"]))
