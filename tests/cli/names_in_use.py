"""Certificates and distributions that an account has, with names of a site."""

from typing import Any

import trustme

from tests.cli.checking_harness import Harness


def distribution(*aliases: str) -> dict[str, Any]:
    """Return the DistributionConfig of a distribution with these aliases."""
    origin = {
        "Id": "o",
        "DomainName": "example.org",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }
    behavior = {
        "TargetOriginId": "o",
        "ViewerProtocolPolicy": "https-only",
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "MinTTL": 0,
    }
    return {
        "CallerReference": ",".join(aliases),
        "Comment": "",
        "Enabled": True,
        "Aliases": {"Quantity": len(aliases), "Items": list(aliases)},
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behavior,
    }


def certificate(harness: Harness, *names: str, region: str = "us-east-1") -> str:
    """Import a certificate, which ACM takes as issued."""
    authority = trustme.CA()
    made = authority.issue_cert(*names)
    body, key = made.cert_chain_pems[0].bytes(), made.private_key_pem.bytes()
    acm = harness.aws("acm", region)
    arn: str = acm.import_certificate(Certificate=body, PrivateKey=key)["CertificateArn"]
    return arn
