"""Custom::CertificateRequest: requests a certificate and waits until it is issued. Its id is the certificate's ARN.

New names or a new Region require a new resource in the template, never an update of this one: the permission to delete
the certificate names its ARN, and would be lost before the certificate is deleted.
"""

import logging
from typing import Any

from certificate import arns, clients, failures, issuance, ownership
from certificate.properties import CertificateRequest, read_request
from certificate.waiting import ask_again, late
from shared.aws_errors.codes import code, transient
from shared.aws_errors.new_permissions import retry_while_denied
from shared.cfn_response.resource import CustomResource

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# How long to wait for validation, which takes minutes, rarely half an hour. Source: "DNS validation" in the ACM User
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
    """Keep the certificate, and write its records into the hosted zone, which may have changed.

    The certificate itself is compared, not the old properties: a rollback requests what already exists. If the
    certificate no longer exists or has failed, a new one is requested, with a new ARN.
    """
    helper.PhysicalResourceId = current = str(event["PhysicalResourceId"])
    wanted, region = read_request(event["ResourceProperties"]), arns.region_of(current, event["StackId"])
    retry_while_denied(lambda: ownership.require_under_way(event["LogicalResourceId"], current), context)
    detail = issuance.described(clients.acm(region), current)
    if region != wanted.region or (detail and issuance.names_of(detail) != (wanted.domain_name, wanted.names)):
        raise failures.other_names(current)
    if detail and detail["Status"] in issuance.ALIVE:
        return _settled(event, context, current, wanted.hosted_zone_id)
    return _requested(event, context, wanted)


@helper.delete
@failures.in_brief
def delete(event: Event, _context: Any) -> str:
    """Delete nothing: Custom::Certificate has deleted the certificate. If it still exists, log that.

    A cancelled creation has no ARN as its id, and may have left its polling rule behind.
    """
    helper.PhysicalResourceId = arn = str(event.get("PhysicalResourceId", ""))
    if arns.is_arn(arn):
        _log_if_it_stays(arn, arns.region_of(arn, event["StackId"]))
    else:
        helper.remove_rule_of_creation()
        logger.info("%s: if a certificate was requested, it is kept and unused", arn)
    return arn


@failures.in_brief
def poll_issued(event: Event, _context: Any) -> str | None:
    """Return the certificate's ARN once it is issued; None until then."""
    arn, zone_id = str(helper.Data["Arn"]), str(helper.Data["HostedZoneId"])
    helper.PhysicalResourceId = _id_if_it_fails(event, arn)
    acm = _acm(event, arn)
    try:
        # During a creation the resource list may not have the ARN: CloudFormation learns it from the response.
        if event["RequestType"] != "Create":
            ownership.require_under_way(event["LogicalResourceId"], arn)
        waiting = issuance.advance(acm, clients.route53(), arn, zone_id)
        if waiting and late(helper):
            raise failures.still_pending(helper.Data["Minutes"], waiting, zone_id)
    except Exception as error:
        if transient(error) and not late(helper):
            logger.info("%s; retrying in one minute", error)
            return None
        raise
    if waiting:
        return None
    helper.Data = {"Arn": arn}
    return arn


def _requested(event: Event, context: Any, wanted: CertificateRequest) -> str:
    acm = clients.acm(wanted.region)
    token = issuance.token(event, wanted)
    arn = retry_while_denied(lambda: issuance.request(acm, wanted, token), context)
    logger.info("requested %s", arn)
    helper.PhysicalResourceId = _id_if_it_fails(event, arn)
    return _settled(event, context, arn, wanted.hosted_zone_id)


def _settled(event: Event, context: Any, arn: str, zone_id: str) -> str:
    """Return the physical id to respond with; start polling if the certificate is not issued yet."""
    acm, route53 = _acm(event, arn), clients.route53()
    helper.Data = {"Arn": arn}
    try:
        waiting = bool(retry_while_denied(lambda: issuance.advance(acm, route53, arn, zone_id), context))
    except Exception as error:
        # ACM may not find a new certificate for some seconds. Source: "RequestCertificate", ACM API Reference.
        if not transient(error) and code(error) != "ResourceNotFoundException":
            raise
        logger.info("%s; retrying in one minute", error)
        waiting = True
    if not waiting:
        return arn
    ask_again(helper, event, VALIDATION_MINUTES, {"Arn": arn, "HostedZoneId": zone_id})
    _poll(wanted=True)
    return _id_if_it_fails(event, arn)


def _id_if_it_fails(event: Event, arn: str) -> str:
    """Return the id for a failure: a failed update must keep the id that CloudFormation rolls back to."""
    return arn if event["RequestType"] == "Create" else str(event["PhysicalResourceId"])


def _log_if_it_stays(arn: str, region: str) -> None:
    try:
        if not ownership.is_known(arn):
            logger.warning("%s was not requested by this stack", arn)
            return
        detail = issuance.described(clients.acm(region), arn)
    except Exception as error:
        logger.warning("%s: could not check whether it still exists: %s", arn, error)
        return
    if detail:
        # Source of the 72 hours: "DNS validation" in the ACM User Guide.
        logger.warning(
            "%s still exists with status %s, and no resource of this stack uses it: delete it manually. A request that "
            "is not validated within 72 hours times out. ACM does not charge for either",
            arn,
            detail["Status"],
        )


def _poll(*, wanted: bool) -> None:
    """Turn on crhelper's polling only if there is something to wait for: it delays every response by a minute."""
    issued: Any = poll_issued if wanted else None
    helper.poll_create(issued)
    helper.poll_update(issued)


def _acm(event: Event, arn: str) -> Any:
    return clients.acm(arns.region_of(arn, event["StackId"]))
