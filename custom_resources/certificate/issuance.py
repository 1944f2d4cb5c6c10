"""Requests a certificate, and proves to ACM through the hosted zone that the domain is ours.

Each step can be repeated: a function may be killed, or called twice, at any point.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from certificate import failures
from certificate.properties import CertificateRequest
from shared.aws_errors.codes import code, transient

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient
    from mypy_boto3_acm.type_defs import CertificateDetailTypeDef, RequestCertificateRequestTypeDef
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_route53.type_defs import ChangeTypeDef

RECORD_SECONDS = 300

# A certificate that is there, or will be. Every other status is final. Source: "CertificateDetail" in the ACM API
# Reference.
ALIVE = ("PENDING_VALIDATION", "ISSUED")


def token(event: Mapping[str, Any], wanted: CertificateRequest) -> str:
    """Return the same IdempotencyToken for the same request: 32 word characters, which is the most ACM takes.

    The request's id is part of it. Lambda repeats a request under the same id and gets the same certificate; but the
    same names asked for again within the hour, after a failure, must not get one that has been deleted meanwhile.
    """
    request_of = (event["StackId"], event["LogicalResourceId"], event["RequestId"])
    parts = (*request_of, wanted.domain_name, *wanted.alternative_names)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def request(acm: "ACMClient", wanted: CertificateRequest, idempotency_token: str) -> str:
    """Request a certificate, without tags, and return its ARN; the same token gets the same ARN."""
    arguments: RequestCertificateRequestTypeDef = {
        "DomainName": wanted.domain_name,
        "ValidationMethod": "DNS",
        "IdempotencyToken": idempotency_token,
    }
    if wanted.alternative_names:
        arguments["SubjectAlternativeNames"] = wanted.alternative_names
    return acm.request_certificate(**arguments)["CertificateArn"]


def described(acm: "ACMClient", arn: str) -> "CertificateDetailTypeDef | None":
    """Return what ACM knows of a certificate; None if there is none."""
    try:
        return acm.describe_certificate(CertificateArn=arn)["Certificate"]
    except acm.exceptions.ClientError as error:
        if code(error) != "ResourceNotFoundException":
            raise
        return None


def names_of(detail: "CertificateDetailTypeDef") -> tuple[str, frozenset[str]]:
    """Return a certificate's main name, and all of its names."""
    return detail["DomainName"], frozenset((detail["DomainName"], *detail.get("SubjectAlternativeNames", [])))


def advance(acm: "ACMClient", route53: "Route53Client", arn: str, zone_id: str) -> Sequence[str]:
    """Bring a certificate as far as it will go now; return the names that still wait for their validation.

    None left means that it is issued; its records are in the zone then too, since it is renewed by them. ACM makes them
    up some seconds after the request, so the first calls may find none. Raises CertificateError if it will never be
    issued.
    """
    detail = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    if detail["Status"] not in ALIVE:
        raise failures.refused(detail["Status"], detail.get("FailureReason", ""), _names(detail, "FAILED"))
    _write_records(route53, zone_id, detail)
    return () if detail["Status"] == "ISSUED" else _names(detail, "PENDING_VALIDATION")


def _write_records(route53: "Route53Client", zone_id: str, detail: "CertificateDetailTypeDef") -> None:
    """Put the validation records into the zone. Names that share one, as a domain and its wildcard do, get one."""
    options = detail.get("DomainValidationOptions", [])
    known = [option["ResourceRecord"] for option in options if "ResourceRecord" in option]
    records = {record["Name"]: record["Value"] for record in known}
    changes: list[ChangeTypeDef] = [
        {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": name,
                "Type": "CNAME",
                "TTL": RECORD_SECONDS,
                "ResourceRecords": [{"Value": value}],
            },
        }
        for name, value in sorted(records.items())
    ]
    if not changes:
        return
    try:
        route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})
    except route53.exceptions.ClientError as error:
        if transient(error):
            raise
        raise failures.unwritten(error, zone_id) from error


def _names(detail: "CertificateDetailTypeDef", status: str) -> Sequence[str]:
    """Return the names in this state, or the main one: ACM may be still at work on all of them."""
    options = detail.get("DomainValidationOptions", [])
    return [option["DomainName"] for option in options if option.get("ValidationStatus") == status] or [
        detail["DomainName"]
    ]
