"""A site gets a domain, or another front door: by the order of the resources, visitors always find an open one."""

from collections.abc import Iterator
from typing import Any

import pytest

from cli.analysis.updates.traffic_impact import interrupted_traffic
from resilient_website.cloudformation.references import references
from tests.diff.stacks import changes, site
from tests.expansion.one_site import DOMAIN

Json = dict[str, Any]

WITHOUT_DOMAIN: Json = {}
CLOUDFRONT: Json = {**DOMAIN, "FrontDoor": "CloudFront"}
BOTH_WAYS_IN: Json = {**CLOUDFRONT, "LoadBalancer": {"DirectAccess": True}}
LOAD_BALANCER: Json = {**DOMAIN, "FrontDoor": "LoadBalancer"}

# Each step is one update; from the load balancer to CloudFront it takes two.
STEPS = {
    "a domain": (WITHOUT_DOMAIN, CLOUDFRONT),
    "to the load balancer": (CLOUDFRONT, LOAD_BALANCER),
    "a domain and the load balancer": (WITHOUT_DOMAIN, LOAD_BALANCER),
    "to CloudFront, first": (LOAD_BALANCER, BOTH_WAYS_IN),
    "to CloudFront, then": (BOTH_WAYS_IN, CLOUDFRONT),
}


@pytest.fixture(params=STEPS)
def step(request: pytest.FixtureRequest) -> tuple[Json, Json]:
    old, new = STEPS[request.param]
    return site(old)["Resources"], site(new)["Resources"]


def waits_for(resources: Json, name: str) -> set[str]:
    """Return everything that CloudFormation has done before it turns to a resource."""
    found: set[str] = set()
    left = {name}
    while left:
        body = resources[left.pop()]
        named = body.get("DependsOn", [])
        direct = {*([named] if isinstance(named, str) else named), *references(body.get("Properties", {}))}
        left |= (direct & resources.keys()) - found
        found |= direct
    return found


def of_type(resources: Json, kind: str) -> Iterator[tuple[str, Json]]:
    return ((name, body["Properties"]) for name, body in resources.items() if body["Type"] == kind)


def records(resources: Json, failover: str) -> list[str]:
    return [name for name, body in of_type(resources, "AWS::Route53::RecordSet") if body.get("Failover") == failover]


def test_names_never_stand_on_two_distributions(step: tuple[Json, Json]) -> None:
    holders: dict[str, set[str]] = {}
    for resources in step:
        for name, body in of_type(resources, "AWS::CloudFront::Distribution"):
            for alias in body["DistributionConfig"].get("Aliases", []):
                holders.setdefault(alias, set()).add(name)
    assert all(len(names) == 1 for names in holders.values()), holders


def test_ports_of_listeners_never_meet(step: tuple[Json, Json]) -> None:
    """A listener that goes is deleted last: a new one on its port would find it there."""
    ports: dict[int, set[str]] = {}
    for resources in step:
        for name, body in of_type(resources, "AWS::ElasticLoadBalancingV2::Listener"):
            ports.setdefault(body["Port"], set()).add(name)
    assert all(len(names) == 1 for names in ports.values()), ports


# The last step closes what the one before has left open.
@pytest.mark.parametrize("name", [name for name in STEPS if name != "to CloudFront, then"])
def test_load_balancer_goes_on_to_admit_whom_it_admitted(name: str) -> None:
    old, new = (set(admitted(site(properties)["Resources"])) for properties in STEPS[name])
    anywhere = {("0.0.0.0/0", port) for port in (80, 443)}
    # Everybody includes CloudFront.
    assert old <= new or anywhere <= new


def admitted(resources: Json) -> Iterator[tuple[str, int]]:
    for name, body in of_type(resources, "AWS::EC2::SecurityGroup"):
        if "LoadBalancer" in name:
            for rule in body["SecurityGroupIngress"]:
                source = rule.get("CidrIp") or rule.get("CidrIpv6") or rule["SourcePrefixListId"]
                yield source, rule["FromPort"]


def test_listener_turns_nobody_away_whom_the_names_still_send() -> None:
    before, between = site(LOAD_BALANCER)["Resources"], site(BOTH_WAYS_IN)["Resources"]
    listeners = [dict(of_type(each, "AWS::ElasticLoadBalancingV2::Listener")) for each in (before, between)]
    assert listeners[0] == listeners[1]
    # The names lead to the distribution only when it has the servers behind it.
    for record in records(between, "PRIMARY"):
        assert "SiteDistribution" in waits_for(between, record)


def test_names_leave_the_distribution_before_it_stops_to_serve() -> None:
    after = site(LOAD_BALANCER)["Resources"]
    primary = records(after, "PRIMARY")
    assert primary
    assert set(primary) <= waits_for(after, "SiteDistribution")
    for record in primary:
        assert {"SiteAutoScalingGroup", "SiteAssetsDistribution"} <= waits_for(after, record)
    assert {"SiteAutoScalingGroup", "SiteListenerHttps"} <= waits_for(after, "SiteHealthCheck")


def test_origin_has_a_name_before_cloudfront_asks_for_it() -> None:
    after = site(CLOUDFRONT)["Resources"]
    assert {"SiteOriginRecord", "SiteListenerHttps"} <= waits_for(after, "SiteDistribution")


def test_assets_are_readable_until_no_page_names_them() -> None:
    between = site(BOTH_WAYS_IN)["Resources"]
    assert "SiteAutoScalingGroup" in waits_for(between, "SiteAssetsBucketPolicy")
    readers = references(site(LOAD_BALANCER)["Resources"]["SiteAssetsBucketPolicy"])
    assert {"SiteDistribution", "SiteAssetsDistribution"} <= readers


def test_no_step_replaces_the_load_balancer_or_a_distribution() -> None:
    for old, new in STEPS.values():
        touched = changes(site(old), site(new))
        replaced = {name for name, change in touched.items() if change.effect.name in ("REPLACED", "MAY_BE_REPLACED")}
        assert not replaced & {"SiteLoadBalancer", "SiteDistribution", "SiteAutoScalingGroup", "SiteTargetGroup"}


def reported(old: Json, new: Json) -> list[str]:
    return interrupted_traffic(changes(site(old), site(new)).values())


def test_diff_tells_the_one_step_that_turns_visitors_away() -> None:
    (words,) = reported(LOAD_BALANCER, CLOUDFRONT)
    assert "SiteListenerHttps rejects visitors until SitePrimaryA" in words
    assert "DirectAccess: true" in words
    assert [name for name, (old, new) in STEPS.items() if reported(old, new)] == []


def test_diff_tells_that_another_port_has_no_servers_at_first() -> None:
    (words,) = reported({}, {"WebServers": {"Port": 8080}})
    assert words.startswith("SiteTargetGroup is replaced")


def test_diff_tells_that_a_load_balancer_of_another_scheme_has_no_servers_at_first() -> None:
    private = {"Network": {"WebSubnets": "Private"}}
    (words,) = reported(private, {**private, "LoadBalancer": {"Scheme": "internal"}})
    assert words.startswith("The load balancer is replaced, and its new target group has no healthy server")
