"""Requests a certificate and validates the domain through records in its hosted zone.

Each step is idempotent: Lambda may stop the function, or call it twice, at any point.
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

# An issued certificate, or one that may still be issued. Every other status is a final failure. Source:
# "CertificateDetail" in the ACM API Reference.
ALIVE = ("PENDING_VALIDATION", "ISSUED")


def token(event: Mapping[str, Any], wanted: CertificateRequest) -> str:
    """Return the same IdempotencyToken for the same request: 32 word characters, ACM's maximum.

    The request's id is part of it. If Lambda repeats a request, the id is the same and so is the certificate. A new
    request for the same names within the hour, after a failure, must not return a certificate that has been deleted.
    """
    request_of = (event["StackId"], event["LogicalResourceId"], event["RequestId"])
    parts = (*request_of, wanted.domain_name, *wanted.alternative_names)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def request(acm: "ACMClient", wanted: CertificateRequest, idempotency_token: str) -> str:
    """Request a certificate, without tags, and return its ARN; the same token returns the same ARN."""
    arguments: RequestCertificateRequestTypeDef = {
        "DomainName": wanted.domain_name,
        "ValidationMethod": "DNS",
        "IdempotencyToken": idempotency_token,
    }
    if wanted.alternative_names:
        arguments["SubjectAlternativeNames"] = wanted.alternative_names
    return acm.request_certificate(**arguments)["CertificateArn"]


def described(acm: "ACMClient", arn: str) -> "CertificateDetailTypeDef | None":
    """Return ACM's description of a certificate; None if it does not exist."""
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
    """Write the validation records that ACM has generated; return the names whose validation is pending.

    An empty result means that the certificate is issued. Its records are kept in the zone, since ACM renews by them.
    ACM generates the records some seconds after the request, so the first calls may find none. Raises CertificateError
    if the certificate can't be issued.
    """
    detail = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    if detail["Status"] not in ALIVE:
        raise failures.refused(detail["Status"], detail.get("FailureReason", ""), _names(detail, "FAILED"))
    _write_records(route53, zone_id, detail)
    return () if detail["Status"] == "ISSUED" else _names(detail, "PENDING_VALIDATION")


def _write_records(route53: "Route53Client", zone_id: str, detail: "CertificateDetailTypeDef") -> None:
    """Write the validation records into the zone: one per record name, which a domain and its wildcard share."""
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
    """Return the names with this validation status, or the main name: ACM may not have a status for any yet."""
    options = detail.get("DomainValidationOptions", [])
    return [option["DomainName"] for option in options if option.get("ValidationStatus") == status] or [
        detail["DomainName"]
    ]
