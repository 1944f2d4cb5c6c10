"""Laws of the composed uptime, for every site, and its figures for sites that are counted by hand."""

import re
from dataclasses import replace
from itertools import combinations
from math import prod
from typing import Any

import pytest
from hypothesis import given

from cli.analysis.availability import graph
from cli.analysis.availability.graph import Graph
from cli.analysis.service_levels.components import components
from cli.analysis.service_levels.composed import Composed, composed
from cli.analysis.service_levels.service_levels import ServiceLevels, service_levels
from resilient_website.expand import expand_template
from tests.expansion.one_site import DOMAIN
from tests.expansion.random_sites import SITES, in_template
from tests.hypothesis_profile import examples

LEVELS = service_levels()
ROUNDING = 1e-12


def of_site(properties: dict[str, Any]) -> Graph:
    return graph.read(expand_template(in_template(properties), {}, "us-east-1"), "us-east-1", {})


def without(service: str) -> ServiceLevels:
    """Return the table with a service that is always down."""
    level = replace(LEVELS.services[service], percent=0.0, single=0.0)
    return replace(LEVELS, services={**LEVELS.services, service: level})


def by_ways(made: Composed) -> float:
    """Return the probability that at least one of the ways is up, by inclusion and exclusion."""
    total = 0.0
    for count in range(1, len(made.ways) + 1):
        for chosen in combinations(made.ways, count):
            total -= (-1) ** count * prod(each.uptime for each in frozenset().union(*chosen))
    return total


@given(SITES)
@examples(15)
def test_chain_is_no_better_than_its_weakest_link(site: dict[str, Any]) -> None:
    for host in composed(of_site(site), LEVELS):
        assert 0 < host.dynamic.uptime <= host.any.uptime <= 1
        for made in (host.dynamic, host.any):
            assert made.uptime <= min((each.uptime for each in made.always), default=1)
            assert made.uptime == pytest.approx(by_ways(made), abs=ROUNDING)


@given(SITES)
@examples(8)
def test_secondary_never_lowers_the_uptime(site: dict[str, Any]) -> None:
    made = of_site(site)
    for service in ("apis", "s3"):
        others = {name: host for host in composed(made, without(service)) for name in host.addresses}
        for host in composed(made, LEVELS):
            lost = others[host.addresses[0]]
            assert lost.dynamic.uptime <= host.dynamic.uptime + ROUNDING
            assert lost.any.uptime <= host.any.uptime + ROUNDING


def test_smallest_site_counted_by_hand() -> None:
    (host,) = composed(of_site({}), LEVELS)
    chain = 0.9999 * 0.9999 * 0.9995
    assert host.dynamic.uptime == pytest.approx(0.999 * chain)
    # The application's own error without a database is not replaced by the friendly page.
    assert host.any.uptime == pytest.approx(0.999 * 0.9995 * (1 - (1 - 0.9999 * 0.9999) * (1 - 0.999)))
    assert host.dynamic.minutes_down == pytest.approx((1 - 0.999 * chain) * 730 * 60)
    numbers = [float(number) / 100 for number in re.findall(r"([\d.]+) %", host.dynamic.formula)]
    assert prod(numbers) == pytest.approx(host.dynamic.uptime)


@given(SITES)
@examples(5)
def test_services_that_do_not_matter_are_found_with_few_others_down(site: dict[str, Any]) -> None:
    made = of_site(site)
    found = composed(made, LEVELS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cli.analysis.service_levels.composed.MAX_OTHERS", 99)
        assert composed(made, LEVELS) == found


def test_sites_with_fallbacks_in_many_regions_are_composed_one_by_one() -> None:
    """With every set of all services, each further site would take six times as long."""
    regions, small = ("eu-west-1", "eu-west-2", "eu-west-3", "us-west-2"), {**DOMAIN, "Database": False}
    sites = {
        f"Site{number}": {
            "Type": "ResilientWebsite",
            "Properties": {**small, "DomainName": f"{number}.example.com", "Fallback": {"Region": region}},
        }
        for number, region in enumerate(regions)
    }
    (alone,) = composed(of_site(small), LEVELS)
    hosts = composed(graph.read(expand_template({"Resources": sites}, {}, "us-east-1"), "us-east-1", {}), LEVELS)
    assert [host.addresses for host in hosts] == [(f"https://{number}.example.com",) for number in range(len(regions))]
    assert [host.any.uptime for host in hosts] == pytest.approx([alone.any.uptime] * len(regions))


def test_domain_adds_a_way_to_the_friendly_page() -> None:
    (alone,), (named,) = composed(of_site({}), LEVELS), composed(of_site(DOMAIN), LEVELS)
    assert named.dynamic.uptime == pytest.approx(alone.dynamic.uptime)
    assert named.any.uptime > alone.any.uptime
    # Its promise of 100 % changes no number.
    assert named.dynamic.formula.startswith("Route 53 100 %")
    assert "Route 53" not in alone.dynamic.formula
    assert "at least one of: (API Gateway 99.95 %) or (CloudFront" in named.any.formula


def test_single_zone_has_the_lower_promise() -> None:
    standby, alone = of_site({}), of_site({"Database": {"MultiAZ": False}})
    (before,), (after,) = composed(standby, LEVELS), composed(alone, LEVELS)
    assert after.dynamic.uptime == pytest.approx(before.dynamic.uptime * 0.995 / 0.9995)
    (group,) = alone.server_groups.values()
    one = replace(alone, server_groups={group.logical_id: replace(group, least=1)})
    assert {each.name: each.uptime for each in components(one, LEVELS)}["EC2"] == pytest.approx(0.995)


def test_site_without_a_database_does_not_need_rds() -> None:
    (host,) = composed(of_site({"Database": False}), LEVELS)
    assert "RDS" not in host.dynamic.formula
    assert host.dynamic.uptime > composed(of_site({}), LEVELS)[0].dynamic.uptime


def test_every_promise_has_its_agreement() -> None:
    for level in LEVELS.services.values():
        assert "Service Level Agreement" in level.source
        assert 99 <= level.single <= level.percent <= 100
