"""What went wrong, in words that say what to do.

A reason of more than 256 characters loses its middle (see `shared.cfn_response.resource`), so texts are short.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from botocore.exceptions import ClientError

from shared.aws_errors.codes import code

# Why ACM refuses a name. Source: "Certificate request fails" in the ACM User Guide.
_REFUSALS = {
    "CAA_ERROR": 'a CAA record of the domain or its parent does not admit Amazon: add one with 0 issue "amazon.com"',
    "ADDITIONAL_VERIFICATION_REQUIRED": "ACM wants to know more about a name this well known: ask AWS Support",
    "DOMAIN_NOT_ALLOWED": "the domain counts as unsafe: look it up at VirusTotal, or ask AWS Support",
    "INVALID_PUBLIC_DOMAIN": "a name is not in a public domain: correct DomainName and SubjectAlternativeNames",
    "DOMAIN_VALIDATION_DENIED": "ACM denied the validation of the domain: ask AWS Support",
}
_REFUSED = "check the names and the domain's CAA records, then deploy again, or ask AWS Support"

# Why Route 53 takes no record.
_ZONE_ERRORS = {
    "NoSuchHostedZone": "there is no such hosted zone: correct HostedZoneId",
    "InvalidChangeBatch": "HostedZoneId must be the zone that the names end in: correct it, or the names",
    "AccessDenied": "let the certificate function's role change records of this zone (same account, no policy against)",
    "AccessDeniedException": "let the certificate function's role change records of this zone",
}

_MAX_DETAIL_LENGTH = 70
_MAX_MESSAGE_LENGTH = 180


class CertificateError(Exception):
    """A certificate that can't be had, or can't be deleted; its text says what to do."""


def refused(status: str, reason: str, names: Sequence[str]) -> CertificateError:
    """Return the error for a certificate that ACM will not issue."""
    what = " ".join(part for part in (status, reason) if part)
    return CertificateError(f"{_shown(names)}: {what}; {_REFUSALS.get(reason, _REFUSED)}")


def unwritten(error: ClientError, zone_id: str) -> CertificateError:
    """Return the error for a validation record that Route 53 does not take."""
    message = error.response["Error"].get("Message", "")[:_MAX_DETAIL_LENGTH]
    what_to_do = _ZONE_ERRORS.get(code(error), "correct HostedZoneId, or try again")
    return CertificateError(f"hosted zone {zone_id}: {code(error)}: {message}; {what_to_do}")


def still_pending(minutes: int, names: Sequence[str], zone_id: str) -> CertificateError:
    """Return the error for a certificate that is not validated in time."""
    return CertificateError(
        f"{_shown(names)}: not validated after {minutes} minutes; see that zone {zone_id} is public and that the "
        "domain's registrar names its name servers, then deploy again"
    )


def other_names(arn: str) -> CertificateError:
    """Return the error for an update to other names or another Region."""
    return CertificateError(
        f"{arn.rpartition('/')[2]}: a request keeps its DomainName, SubjectAlternativeNames and Region; give the "
        "resource another logical id for another certificate"
    )


def still_in_use(minutes: int, arn: str, users: Sequence[str]) -> CertificateError:
    """Return the error for a certificate that stays in use."""
    which = arn.rpartition("/")[2]
    return CertificateError(
        f"{which}: in use after {minutes} minutes, by {_shown(users)}; take it from there and try again"
    )


def brief(error: ClientError) -> CertificateError:
    """Return what AWS answered, short enough to be shown whole: with its code, and what it is about."""
    message = error.response["Error"].get("Message", "")[:_MAX_MESSAGE_LENGTH]
    return CertificateError(f"{error.operation_name}: {code(error)}: {message}")


def in_brief(work: Callable[[dict[str, Any], Any], str | None]) -> Callable[[dict[str, Any], Any], str | None]:
    """Wrap a function that crhelper calls, so that a ClientError is raised as a CertificateError in brief."""

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
