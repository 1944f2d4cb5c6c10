"""ACM: certificates are issued, and do not expire soon."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from cli.aws_findings.findings import CheckResult, error, warning

# ACM renews a certificate well before the last quarter of its lifetime, and reports one that it could not renew. A
# fraction, since lifetimes shrink: ACM's are valid for 198 days in 2026, and for fewer than 47 from 2029 on. Source:
# "AWS Certificate Manager FAQs", validity; "Managed certificate renewal".
LATE = 0.25

# For a certificate whose start ACM does not give. Source: "DaysBeforeExpiry" of PutAccountConfiguration.
SOON = timedelta(days=45)


def validity(path: str, certificate: dict[str, Any], now: datetime) -> Iterator[CheckResult]:
    """Check that a certificate of DescribeCertificate is issued, and does not expire soon."""
    status, ends = certificate["Status"], certificate.get("NotAfter")
    if status == "PENDING_VALIDATION":
        yield error(path, f"the certificate is {status}", "create the DNS records that ACM asks for, and wait")
    elif status != "ISSUED" or (ends and ends <= now):
        found = f"the certificate is {status}" if status != "ISSUED" else f"the certificate expired on {ends:%Y-%m-%d}"
        yield error(path, found, "use one that is ISSUED, or leave it out: the site then creates one")
    elif ends and ends - now < _late(certificate):
        imported = certificate.get("Type") == "IMPORTED"
        advice = (
            "import it again: ACM does not renew imported certificates"
            if imported
            else "find out why ACM has not renewed it"
        )
        yield warning(path, f"the certificate expires on {ends:%Y-%m-%d}, in {(ends - now).days} days", advice)


def _late(certificate: dict[str, Any]) -> timedelta:
    """Return how long before its expiry a certificate is a warning."""
    starts = certificate.get("NotBefore")
    lifetime: timedelta = certificate["NotAfter"] - starts if starts else SOON / LATE
    return min(lifetime * LATE, SOON)
