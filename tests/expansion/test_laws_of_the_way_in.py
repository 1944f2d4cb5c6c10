"""Laws of the way to the load balancer: from where requests come, under which name, and for how long."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilient_website.facts import regions
from resilient_website.facts.prefix_lists import CLOUDFRONT_PREFIX_LISTS
from resilient_website.problems import InvalidTemplateError
from tests.expansion.expanded import Resources, expand, of_type
from tests.expansion.one_site import DOMAIN
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples

# What Route 53's health checkers send as Host, which is the name that they ask for, by the type of what has it.
HOSTS = {
    "AWS::CloudFront::Distribution": "d111111abcdef8.cloudfront.net",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "My-Si-SiteL-1A2B3C-1234567890.eu-west-1.elb.amazonaws.com",
}


def host_at_the_server(resources: Resources, host: str) -> str:
    """Return the Host header that a server gets for one that arrives at the listener with the site's rules."""
    for _, rule in of_type(resources, "AWS::ElasticLoadBalancingV2::ListenerRule"):
        patterns = [v for c in rule["Conditions"] for v in c.get("HostHeaderConfig", {}).get("Values", [])]
        if patterns and not any(host.lower().endswith(pattern.removeprefix("*")) for pattern in patterns):
            continue
        for transform in rule.get("Transforms", []):
            assert transform["Type"] == "host-header-rewrite"
            for rewrite in transform["HostHeaderRewriteConfig"]["Rewrites"]:
                host = re.sub(rewrite["Regex"], rewrite["Replace"], host)
    return host


@given(SITES)
@examples(60)
def test_health_checkers_ask_the_application_under_the_sites_name(properties: dict[str, Any]) -> None:
    """An application that knows its site's names only answers them, too."""
    resources = expand(properties)
    for _, check in of_type(resources, "AWS::Route53::HealthCheck"):
        asked = check["HealthCheckConfig"].get("FullyQualifiedDomainName")
        if asked is not None:
            host = HOSTS[resources[asked["Fn::GetAtt"][0]]["Type"]]
            assert host_at_the_server(resources, host) == properties["DomainName"]
    for name in (properties.get("DomainName", "a.example"), *properties.get("AlternateDomainNames", [])):
        assert host_at_the_server(resources, name) == name


@given(SITES)
@examples(40)
def test_rules_of_both_front_doors_can_stand_beside_each_other(properties: dict[str, Any]) -> None:
    """While a site changes its front door, its listener has the rules of both."""
    if "DomainName" not in properties:
        return
    doors = [expand({**DOMAIN, "FrontDoor": door}) for door in ("CloudFront", "LoadBalancer")]
    rules = {name: rule for door in doors for name, rule in of_type(door, "AWS::ElasticLoadBalancingV2::ListenerRule")}
    assert len({rule["Priority"] for rule in rules.values()}) == len(rules) == 2


def attributes(resources: Resources) -> dict[str, str]:
    (balancer,) = (made for _, made in of_type(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer"))
    return {each["Key"]: each["Value"] for each in balancer["LoadBalancerAttributes"]}


@given(SITES)
@examples(60)
def test_visitors_ask_dns_again_within_a_minute_where_dns_is_the_way_out(properties: dict[str, Any]) -> None:
    """A visitor who keeps a connection to the load balancer does not notice that its name leads elsewhere."""
    resources = expand(properties)
    targets = [
        record["AliasTarget"]["DNSName"].get("Fn::GetAtt", [""])[0]
        for _, record in of_type(resources, "AWS::Route53::RecordSet")
        if record.get("Failover") == "PRIMARY"
    ]
    direct = any(resources[name]["Type"].endswith("::LoadBalancer") for name in targets)
    seconds = int(attributes(resources)["client_keep_alive.seconds"])
    assert seconds == 60 if direct else seconds > 60


@given(st.sampled_from(regions.REGIONS), st.sampled_from(["internet-facing", "internal"]))
@examples(60)
def test_only_cloudfront_is_admitted_or_the_site_is_refused(region: str, scheme: str) -> None:
    """In no Region does a load balancer behind CloudFront admit every address without being asked to."""
    network = {"WebSubnets": "Private", "AvailabilityZones": 2}
    site = {"LoadBalancer": {"Scheme": scheme}, "Network": network}
    try:
        resources = expand(site, region)
    except InvalidTemplateError as refused:
        assert region not in CLOUDFRONT_PREFIX_LISTS
        assert "LoadBalancer" in str(refused)
        return
    peers = sources(resources)
    assert peers == {CLOUDFRONT_PREFIX_LISTS[region]}


def sources(resources: Resources) -> set[str]:
    """Return who may come to the web ports from outside."""
    return {
        rule.get("SourcePrefixListId") or rule.get("CidrIp") or rule["CidrIpv6"]
        for name, group in of_type(resources, "AWS::EC2::SecurityGroup")
        for rule in group.get("SecurityGroupIngress", [])
        if "LoadBalancer" in name
    }


def test_the_prefix_list_can_be_given_or_done_without() -> None:
    given_one = expand({"LoadBalancer": {"CloudFrontPrefixListId": "pl-0123456789abcdef0"}}, "me-central-1")
    assert sources(given_one) == {"pl-0123456789abcdef0"}
    everybody = expand({"LoadBalancer": {"CloudFrontPrefixListId": "None"}}, "me-central-1")
    assert sources(everybody) == {"0.0.0.0/0", "::/0"}


@pytest.mark.parametrize(
    "site",
    [
        {**DOMAIN, "FrontDoor": "LoadBalancer", "LoadBalancer": {"CloudFrontPrefixListId": "pl-3b927c52"}},
        {**DOMAIN, "LoadBalancer": {"DirectAccess": True, "CloudFrontPrefixListId": "pl-3b927c52"}},
    ],
)
def test_a_prefix_list_that_nothing_would_use_is_refused(site: dict[str, Any]) -> None:
    with pytest.raises(InvalidTemplateError, match="CloudFrontPrefixListId"):
        expand(site)


def test_regions_without_vpc_origins_have_no_internal_load_balancer() -> None:
    site = {"Network": {"WebSubnets": "Private"}, "LoadBalancer": {"CloudFrontPrefixListId": "pl-3b927c52"}}
    assert expand(site, "ap-southeast-6")
    site["LoadBalancer"] |= {"Scheme": "internal"}
    with pytest.raises(InvalidTemplateError, match="VPC origins"):
        expand(site, "ap-southeast-6")
