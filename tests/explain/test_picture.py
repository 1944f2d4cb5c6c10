"""The picture of a site: its tiers and subnets, and the ways of visitors' requests."""

from typing import Any

import pytest
from hypothesis import given, settings

from cli.analysis.picture.draw import mermaid, picture
from cli.analysis.picture.shapes import Picture
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tests.expansion.expanded import expanded_template
from tests.expansion.random_sites import SITES, in_template
from tests.explain.drawn_parts import judge_parts
from tools.repository import ROOT


def drawn(template: dict[str, Any]) -> Picture:
    values = parameter_values(template, {})
    return picture(expand_template(template, values, "us-east-1"), "us-east-1", values)


@given(SITES)
@settings(deadline=None)
def test_the_picture_has_every_tier_and_subnet_and_nothing_else(site: dict[str, Any]) -> None:
    template = expanded_template(site)
    judge_parts(template, picture(template, "us-east-1", {}))


@given(SITES)
@settings(deadline=None)
def test_every_part_is_on_a_way_from_visitors(site: dict[str, Any]) -> None:
    made = picture(expanded_template(site), "us-east-1", {})
    reached, before = {"Visitors"}, 0
    while len(reached) > before:
        before = len(reached)
        reached |= {way.end for way in made.ways if way.start in reached}
    left = {part.id for part in made.every_part()} - reached
    # CloudFront's origin may be a bucket that only answers with an error.
    assert {name for name in left if not name.startswith("Name")} == set()


def test_the_way_of_a_request_in_the_example() -> None:
    made = drawn(read_template(ROOT / "examples/with-domain.yaml"))
    ways = {(way.start, way.end): way for way in made.ways}
    assert ways["Namewww_example_com", "SiteDistribution"].label == "primary"
    assert ways["Namewww_example_com", "SiteSecondaryApi"].spare
    assert ways["SiteDistribution", "SiteAssetsBucket"].label == "/static/*"
    assert ways["SiteDistribution", "SiteFallbackBucket"].spare
    assert [way.end for way in made.ways if way.label == "on errors"] == ["SiteFallbackBucket"]
    assert ("SiteAutoScalingGroupSitePublicSubnet1", "SiteDatabase") in ways
    labels = {part.id: part.label for part in made.every_part()}
    assert labels["SiteAssetsBucket"] == "S3: assets"
    assert labels["SiteFallbackBucket"] == "S3: friendly page"
    text = mermaid(made)
    assert text.startswith("flowchart TB\n")
    assert text.count("subgraph ") == text.count("end\n") == 1 + 1 + 3 + 9


EXISTING = {
    "VpcId": "vpc-0123456789abcdef0",
    **{
        f"{tier}SubnetIds": [f"subnet-0123456789abcde{place}{number}" for number in (1, 2, 3)]
        for place, tier in enumerate(("Public", "Database", "Cache"))
    },
}


@pytest.mark.parametrize(("network", "second"), [({}, "BVpc"), (EXISTING, "Network")])
def test_each_site_is_in_its_own_vpc(network: dict[str, Any], second: str) -> None:
    sites = {"A": {"Cache": True}, "B": {"Cache": True, "Network": network}}
    template = {
        "Resources": {name: {"Type": "ResilientWebsite", "Properties": site} for name, site in sites.items()},
    }
    (region,) = drawn(template).regions
    first, other = region.areas
    assert (first.id, other.id) == ("AVpc", second)
    for name, area in (("A", first), ("B", other)):
        inside = {part.id for part in area.every_part()}
        assert {f"{name}LoadBalancer", f"{name}Database", f"{name}DatabaseStandby"} <= inside
        assert sum(each.startswith(f"{name}Cache") for each in inside) == 1
        assert all(each.startswith(name) for each in inside)
        assert any(each.startswith(f"{name}AutoScalingGroup") for each in inside)
    ids = [each.id for each in region.every_area()]
    assert len(ids) == len(set(ids))


def test_what_is_replicated_to_another_region_is_in_the_picture() -> None:
    secondary = {"Region": "us-west-2", "Mode": "Backups"}
    site = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ", "Secondary": secondary}
    made = drawn(in_template(site))
    other = next(region for region in made.regions if region.label == "us-west-2")
    labels = {part.label: part.id for part in other.every_part()}
    ways = {(way.start, way.end) for way in made.ways if way.spare}
    assert ("SiteDatabase", labels["RDS: replicated backups"]) in ways
    assert ("SiteAssetsBucket", labels["S3: replicated assets"]) in ways
