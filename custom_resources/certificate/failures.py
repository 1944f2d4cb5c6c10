"""The error messages of the certificate resources: what failed, and what to do about it.

A reason of more than 256 characters loses its middle (see `shared.cfn_response.resource`), so messages are short.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from botocore.exceptions import ClientError

from shared.aws_errors.codes import code

# What to do when ACM rejects a name. Source: "Certificate request fails" in the ACM User Guide.
_REFUSALS = {
    "CAA_ERROR": 'a CAA record of the domain or its parent does not allow Amazon: add the record 0 issue "amazon.com"',
    "ADDITIONAL_VERIFICATION_REQUIRED": "ACM requires additional verification for this domain: contact AWS Support",
    "DOMAIN_NOT_ALLOWED": "the domain is listed as unsafe: check it with VirusTotal, or contact AWS Support",
    "INVALID_PUBLIC_DOMAIN": "a name is not in a public domain: correct DomainName or SubjectAlternativeNames",
    "DOMAIN_VALIDATION_DENIED": "ACM denied the domain's validation: contact AWS Support",
}
_REFUSED = "check the names and the domain's CAA records, then deploy again, or contact AWS Support"

# What to do when Route 53 rejects a record.
_ZONE_ERRORS = {
    "NoSuchHostedZone": "the hosted zone does not exist: correct HostedZoneId",
    "InvalidChangeBatch": "the names must be in the zone that HostedZoneId names: correct HostedZoneId or the names",
    "AccessDenied": "allow the certificate function's role to change this zone's records (same account, no deny)",
    "AccessDeniedException": "allow the certificate function's role to change this zone's records",
}

_MAX_DETAIL_LENGTH = 70
_MAX_MESSAGE_LENGTH = 180


class CertificateError(Exception):
    """A certificate can't be issued, tagged or deleted; the message says what to do."""


def refused(status: str, reason: str, names: Sequence[str]) -> CertificateError:
    """Return the error for a certificate that ACM does not issue."""
    what = " ".join(part for part in (status, reason) if part)
    return CertificateError(f"{_shown(names)}: {what}; {_REFUSALS.get(reason, _REFUSED)}")


def unwritten(error: ClientError, zone_id: str) -> CertificateError:
    """Return the error for a validation record that Route 53 rejects."""
    message = error.response["Error"].get("Message", "")[:_MAX_DETAIL_LENGTH]
    what_to_do = _ZONE_ERRORS.get(code(error), "correct HostedZoneId, or deploy again")
    return CertificateError(f"hosted zone {zone_id}: {code(error)}: {message}; {what_to_do}")


def still_pending(minutes: int, names: Sequence[str], zone_id: str) -> CertificateError:
    """Return the error for a certificate that is not validated in time."""
    return CertificateError(
        f"{_shown(names)}: not validated after {minutes} minutes; check that zone {zone_id} is public and that the "
        "domain's registrar lists its name servers, then deploy again"
    )


def other_names(arn: str) -> CertificateError:
    """Return the error for an update that changes the names or the Region."""
    return CertificateError(
        f"{arn.rpartition('/')[2]}: DomainName, SubjectAlternativeNames and Region of a request can't change; give "
        "the resource another logical id to request a new certificate"
    )


def still_in_use(minutes: int, arn: str, users: Sequence[str]) -> CertificateError:
    """Return the error for a certificate that stays in use."""
    which = arn.rpartition("/")[2]
    return CertificateError(
        f"{which}: still in use after {minutes} minutes, by {_shown(users)}; remove it from there and try again"
    )


def brief(error: ClientError) -> CertificateError:
    """Return AWS's error as a CertificateError that is not cut: operation, code and the start of the message."""
    message = error.response["Error"].get("Message", "")[:_MAX_MESSAGE_LENGTH]
    return CertificateError(f"{error.operation_name}: {code(error)}: {message}")


def in_brief(work: Callable[[dict[str, Any], Any], str | None]) -> Callable[[dict[str, Any], Any], str | None]:
    """Wrap a function that crhelper calls, so that it raises a ClientError as a short CertificateError."""

    @wraps(work)
    def wrapped(event: dict[str, Any], context: Any) -> str | None:
        try:
            return work(event, context)
        except ClientError as error:
            raise brief(error) from error

    return wrapped


def _shown(names: Sequence[str]) -> str:
    if not names:
        return "unknown"
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0][-60:]}{more}"
