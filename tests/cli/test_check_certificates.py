"""`check`: whether the certificates that a site names exist, cover its names, and last."""

from datetime import timedelta
from typing import Any

import pytest

from cli.check.certificates import covers
from resilient_website.problems import InvalidTemplateError
from tests.cli.checking_harness import Harness, as_intrinsic, reported, template
from tests.cli.names_in_use import certificate

NAMES = {"DomainName": "www.example.com", "AlternateDomainNames": ["example.com"]}
EVERYTHING = ("www.example.com", "example.com", "origin.www.example.com")


def held(harness: Harness, arn: str, **changes: Any) -> None:
    """Make ACM tell something else of a certificate."""
    known = harness.aws("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    harness.answers["acm", "describe_certificate"] = lambda **_: {"Certificate": {**known, **changes}}


def test_certificates_that_are_fine(harness: Harness) -> None:
    edge, regional = certificate(harness, "*.example.com", "example.com"), certificate(harness, *EVERYTHING)
    site = {
        **NAMES,
        "HostedZoneId": as_intrinsic(harness.zone()),
        "CertificateArn": edge,
        "RegionalCertificateArn": regional,
    }
    assert not harness.of_site(site).findings


def test_certificates_that_are_not_there_or_do_not_cover(harness: Harness) -> None:
    site = {**NAMES, "HostedZoneId": as_intrinsic(harness.zone())}
    narrow = certificate(harness, "*.example.com")
    found = reported(harness.of_site({**site, "CertificateArn": narrow, "RegionalCertificateArn": narrow}))
    assert list(found) == ["CertificateArn", "RegionalCertificateArn"]
    assert found["CertificateArn"].startswith(
        "error: the certificate is for *.example.com, and does not cover example.com;"
    )
    assert "does not cover example.com, origin.www.example.com" not in found["CertificateArn"]
    assert "example.com, origin.www.example.com" in found["RegionalCertificateArn"]
    missing = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    assert (
        f"there is no certificate {missing}"
        in reported(harness.of_site({**site, "CertificateArn": missing}))["CertificateArn"]
    )


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"Status": "PENDING_VALIDATION"}, "error: the certificate is PENDING_VALIDATION; create the DNS records"),
        ({"Status": "EXPIRED"}, "error: the certificate is EXPIRED"),
        ({"Status": "ISSUED", "days": -1}, "error: the certificate expired on "),
        ({"Status": "ISSUED", "days": 10, "Type": "IMPORTED"}, "warning: the certificate expires on "),
        ({"Status": "ISSUED", "days": 27, "lasts": 198}, "warning: the certificate expires on "),
        ({"Status": "ISSUED", "days": 5, "lasts": 47}, "warning: the certificate expires on "),
    ],
)
def test_certificates_that_do_not_last(harness: Harness, changes: dict[str, Any], start: str) -> None:
    arn = certificate(harness, "www.example.com")
    days = changes.pop("days", None)
    ends = {} if days is None else lasting(harness, 198, days)
    held(harness, arn, **changes, **ends)
    site = {"DomainName": "www.example.com", "HostedZoneId": as_intrinsic(harness.zone()), "CertificateArn": arn}
    report = harness.of_site(site)
    assert list(reported(report)) == ["CertificateArn"]
    assert reported(report)["CertificateArn"].startswith(start)
    assert report.ok == start.startswith("warning")


def lasting(harness: Harness, lifetime: int, left: int) -> dict[str, Any]:
    """Return what ACM says about a certificate that lasts `lifetime` days, of which some are left."""
    ends = harness.now + timedelta(days=left, hours=1)
    return {"NotBefore": ends - timedelta(days=lifetime), "NotAfter": ends}


@pytest.mark.parametrize("lifetime", [47, 100, 198, 395])
def test_a_certificate_is_late_by_its_lifetime(harness: Harness, lifetime: int) -> None:
    """Certificates of 47 days, as there will be from 2029 on, are not late from the first day."""
    arn = certificate(harness, "www.example.com")
    site = {"DomainName": "www.example.com", "HostedZoneId": as_intrinsic(harness.zone()), "CertificateArn": arn}
    held(harness, arn, Status="ISSUED", **lasting(harness, lifetime, lifetime // 2))
    assert reported(harness.of_site(site)) == {}
    held(harness, arn, Status="ISSUED", **lasting(harness, lifetime, lifetime // 10))
    assert reported(harness.of_site(site))["CertificateArn"].startswith("warning: the certificate expires on ")


def test_certificate_of_another_region_from_a_parameter(harness: Harness) -> None:
    arn = certificate(harness, "www.example.com", region="eu-west-1")
    site = {
        "DomainName": "www.example.com",
        "HostedZoneId": as_intrinsic(harness.zone()),
        "CertificateArn": {"Ref": "Arn"},
    }
    made = template(site, Parameters={"Arn": {"Type": "String", "Default": arn}})
    with pytest.raises(InvalidTemplateError, match="write the ARN of a certificate in us-east-1"):
        harness.report(made)


@pytest.mark.parametrize(
    ("certified", "name", "expected"),
    [
        ("www.example.com", "www.example.com", True),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.www.example.com", False),
        ("*.www.example.com", "origin.www.example.com", True),
        ("example.com", "www.example.com", False),
    ],
)
def test_a_wildcard_stands_for_one_label(certified: str, name: str, expected: bool) -> None:
    assert covers(certified, name) is expected
