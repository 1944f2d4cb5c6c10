"""Laws of CloudFront, on every site: what keeps the pages of two visitors apart, and what its API takes."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

import pytest
from hypothesis import given

from resilient_website.facts.cloudfront import CACHING_DISABLED, CACHING_OPTIMIZED
from resilient_website.problems import InvalidTemplateError
from tests.expansion.expanded import Resources, expand, of_type, ref
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples

# Source: "Path pattern" in the Amazon CloudFront guide.
PATH_PATTERN = re.compile(r"""/[A-Za-z0-9_\-.*$/~"'@:+&?]{0,254}""")


def behaviors(resources: Resources) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield every behaviour of every distribution, with the origin that it asks."""
    for _, made in of_type(resources, "AWS::CloudFront::Distribution"):
        config = made["DistributionConfig"]
        origins = {origin["Id"]: origin for origin in config["Origins"]}
        for behavior in (config["DefaultCacheBehavior"], *config.get("CacheBehaviors", [])):
            yield behavior, origins[behavior["TargetOriginId"]]


@given(SITES)
def test_a_stored_page_is_only_for_who_sent_the_same_credentials(properties: dict[str, Any]) -> None:
    """Whatever of a request can say who the visitor is, is in the cache key, or nothing is stored."""
    resources = expand(properties)
    for behavior, origin in behaviors(resources):
        policy = behavior["CachePolicyId"]
        if "S3OriginConfig" in origin:
            assert policy in (CACHING_OPTIMIZED, CACHING_DISABLED)
            assert "OriginRequestPolicyId" not in behavior
        elif policy != CACHING_DISABLED:
            config = resources[policy["Ref"]]["Properties"]["CachePolicyConfig"]
            key = config["ParametersInCacheKeyAndForwardedToOrigin"]
            assert {"Authorization", "Host"} <= set(key["HeadersConfig"]["Headers"])
            assert key["CookiesConfig"] == {"CookieBehavior": "all"}
            assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
            assert (config["MinTTL"], config["DefaultTTL"]) == (0, 0)


@given(SITES)
@examples(50)
def test_cache_policies_are_within_cloudfronts_limits(properties: dict[str, Any]) -> None:
    """At most ten headers, each once. Source: "Quotas" in the Amazon CloudFront guide."""
    resources = expand(properties)
    for name, made in of_type(resources, "AWS::CloudFront::CachePolicy"):
        headers = made["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"]["Headers"]
        assert len({header.lower() for header in headers}) == len(headers) <= 10
        assert "accept-encoding" not in map(str.lower, headers)
        assert any(behavior["CachePolicyId"] == ref(name) for behavior, _ in behaviors(resources))


@given(SITES)
def test_behaviors_have_a_pattern_each_that_cloudfront_takes(properties: dict[str, Any]) -> None:
    for _, made in of_type(expand(properties), "AWS::CloudFront::Distribution"):
        patterns = [behavior["PathPattern"] for behavior in made["DistributionConfig"].get("CacheBehaviors", [])]
        assert len(set(patterns)) == len(patterns)
        for pattern in patterns:
            assert PATH_PATTERN.fullmatch(pattern)


@pytest.mark.parametrize("front_door", ["CloudFront", "LoadBalancer"])
@pytest.mark.parametrize("pattern", ["/_fallback/*", "/_fallback/words/*", "/_fallback-old/*", "/_saved/*", "/a/*"])
def test_no_pattern_of_the_assets_takes_what_another_behavior_is_for(pattern: str, front_door: str) -> None:
    """CloudFront asks the first behaviour whose pattern matches. Source: "Path pattern"."""
    domain = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ", "FrontDoor": front_door}
    try:
        resources = expand({**domain, "Assets": {"PathPattern": pattern}})
    except InvalidTemplateError as refused:
        assert [problem.path for problem in refused.problems] == ["Resources.Site.Properties.Assets.PathPattern"]
        return
    for _, made in of_type(resources, "AWS::CloudFront::Distribution"):
        others = [each["PathPattern"] for each in made["DistributionConfig"].get("CacheBehaviors", [])]
        if pattern in others:
            others.remove(pattern)
        assert not any(fnmatch(other, pattern) or fnmatch(pattern, other) for other in others)


@pytest.mark.parametrize(
    "headers",
    [["Cookie"], ["authorization"], ["HOST"], ["X-Edge-Location"], ["A", "a"], ["Accept:"], ["A", "B", "C", "D", "E"]],
)
def test_a_header_that_no_key_can_have_is_refused(headers: list[str]) -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        expand({"Delivery": {"CacheKeyHeaders": headers}})
    assert "Delivery.CacheKeyHeaders" in str(refused.value)


def test_no_policy_without_a_cache() -> None:
    resources = expand({"Delivery": {"Caching": "Disabled"}})
    assert not list(of_type(resources, "AWS::CloudFront::CachePolicy"))
    with pytest.raises(InvalidTemplateError):
        expand({"Delivery": {"Caching": "Disabled", "CacheKeyHeaders": ["Accept"]}})
