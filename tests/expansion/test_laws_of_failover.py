"""Laws of DNS failover: records in pairs, and a health check that no other response can pass, on every site."""

from typing import Any

import pytest
from hypothesis import given

from resilient_website.facts.cloudfront import CACHING_DISABLED
from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.properties import properties as properties_of
from resilient_website.tiers.domain import DomainSpec
from tests.expansion.expanded import expand, of_type, ref
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples


@given(SITES)
def test_failover_records_come_in_pairs(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    records = [r for _, r in of_type(resources, "AWS::Route53::RecordSet") if "Failover" in r]
    names = [n for n in (properties.get("DomainName"), *properties.get("AlternateDomainNames", ())) if n]
    kinds: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for record in records:
        kinds.setdefault((record["Name"], record["Type"]), {})[record["Failover"]] = record
    assert {name for name, _ in kinds} == set(names)
    for pair in kinds.values():
        assert set(pair) == {"PRIMARY", "SECONDARY"}
        assert pair["PRIMARY"]["HealthCheckId"] == ref("SiteHealthCheck")
        assert "HealthCheckId" not in pair["SECONDARY"]
        assert pair["PRIMARY"]["AliasTarget"]["DNSName"] != pair["SECONDARY"]["AliasTarget"]["DNSName"]
    aliases = [
        alias
        for _, distribution in of_type(resources, "AWS::CloudFront::Distribution")
        for alias in distribution["DistributionConfig"].get("Aliases", [])
    ]
    assert len(aliases) == len(set(aliases))
    for _, check in of_type(resources, "AWS::Route53::HealthCheck"):
        assert check["HealthCheckConfig"].get("FullyQualifiedDomainName") not in names


@given(SITES)
@examples(50)
def test_health_check_is_never_cached(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    for _, check in of_type(resources, "AWS::Route53::HealthCheck"):
        config = check["HealthCheckConfig"]
        if properties.get("FrontDoor") == "LoadBalancer" or "FullyQualifiedDomainName" not in config:
            continue
        distribution = resources[config["FullyQualifiedDomainName"]["Fn::GetAtt"][0]]["Properties"][
            "DistributionConfig"
        ]
        path = config["ResourcePath"].partition("?")[0]
        matching = [b for b in distribution["CacheBehaviors"] if b["PathPattern"] == path]
        behaviour = matching[0] if matching else distribution["DefaultCacheBehavior"]
        assert behaviour["CachePolicyId"] == CACHING_DISABLED
        assert behaviour["TargetOriginId"] == distribution["DefaultCacheBehavior"]["TargetOriginId"]


# Source: "Throttling for Amazon Route 53 API requests": how many an account may make at once.
REQUESTS_AT_ONCE = 50


CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/a"


@pytest.mark.parametrize("certificate", [{}, dict.fromkeys(["CertificateArn", "RegionalCertificateArn"], CERTIFICATE)])
def test_records_of_the_largest_site_can_be_made_at_once(certificate: dict[str, Any]) -> None:
    """Each is a request of its own: docs/decisions/0016-one-record-set-each.md."""
    kind = next(row.kind for row in properties_of(DomainSpec) if row.name == "AlternateDomainNames")
    assert isinstance(kind, ListOf)
    others = [f"a{number}.example.com" for number in range(kind.maximum - (0 if certificate else 1))]
    names = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ", "AlternateDomainNames": others}
    made = [body["Type"] for body in expand({**names, **certificate}).values()]
    assert made.count("AWS::Route53::RecordSet") >= 4 * len(others)
    assert sum(kind.startswith("AWS::Route53::") for kind in made) <= REQUESTS_AT_ONCE
