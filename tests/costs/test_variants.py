"""Laws of variants and of the cost of properties: each is the difference between two sites that are priced whole."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from cli.analysis.costs import compact_sites
from cli.analysis.costs.change import USUAL_TRAFFIC
from cli.analysis.costs.charge import Tier
from cli.analysis.costs.compact_sites import CompactTemplate
from cli.analysis.costs.estimate import Estimate, estimate
from cli.analysis.costs.price_list import price_list
from cli.analysis.costs.property_costs import property_costs
from cli.analysis.costs.variants import VARIANTS, priced_variants
from resilient_website.expand import expand_template
from tests.expansion.one_site import DOMAIN
from tests.expansion.random_sites import SITES, in_template
from tests.hypothesis_profile import examples


def of_site(properties: dict[str, Any]) -> CompactTemplate:
    template = json.loads(json.dumps(in_template(properties)))
    return CompactTemplate(template, {}, "us-east-1", price_list(), USUAL_TRAFFIC)


def alone(compact: CompactTemplate, region: str = "us-east-1") -> Estimate:
    made = expand_template(compact.template, {}, region)
    return estimate(made, region, {}, compact.prices, compact.traffic)


def dollars(compact: CompactTemplate) -> float:
    """Return the cost of a template that is priced whole, whatever is known of others."""
    found = replace(compact, known=[]).dollars()
    assert found is not None
    return found


@given(SITES)
@examples(6)
def test_each_variant_is_a_site_with_that_price(site: dict[str, Any]) -> None:
    compact = of_site(site)
    before, now = dict(compact.template), dollars(compact)
    for priced in priced_variants(compact):
        if priced.variant.path == ("Secondary",):
            continue
        changed = compact.changed(priced.site, priced.variant.path, priced.variant.value)
        assert changed is not None
        assert dollars(changed) - now == pytest.approx(priced.dollars)
        assert priced.variant.gains if priced.dollars > 0 else priced.variant.gives_up
    assert compact.template == before


@given(SITES)
@examples(6)
def test_without_a_property_the_site_costs_that_much_less(site: dict[str, Any]) -> None:
    compact = of_site(site)
    now = dollars(compact)
    for cost in property_costs(compact):
        without = compact.without(cost.site, tuple(cost.property.split(".")))
        assert now - dollars(without) == pytest.approx(cost.dollars)


def test_same_sites_are_expanded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    expanded: list[str] = []

    def counted(template: Any, parameters: Any, region: str) -> Any:
        expanded.append(region)
        return expand_template(template, parameters, region)

    monkeypatch.setattr(compact_sites, "expand_template", counted)
    default = of_site({}).specs["Site"].network.availability_zones
    compact = of_site({"Network": {"AvailabilityZones": default}})
    assert property_costs(compact) == ()
    assert expanded == ["us-east-1"]
    assert compact.changed("Site", ("Cache",), True).dollars() != compact.dollars()  # type: ignore[union-attr]
    assert expanded == ["us-east-1"] * 2


def test_value_that_is_known_at_deployment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its condition is in the specification, and two that are alike are found to be."""
    compact = of_site({"LoadBalancer": {"DeletionProtection": {"Fn::If": ["Live", True, False]}}})
    assert {cost.property for cost in property_costs(compact)} <= {"LoadBalancer", "LoadBalancer.DeletionProtection"}
    before = compact.dollars()
    monkeypatch.setattr(compact_sites, "expand_template", None)
    assert replace(compact, template=json.loads(json.dumps(compact.template))).dollars() == before


def test_what_is_promised_is_not_given_up() -> None:
    assert not any("MultiAZ" in variant.path for variant in VARIANTS)
    assert not any(variant.path[0] == "Database" and variant.gives_up for variant in VARIANTS)


def test_only_other_shapes_are_offered() -> None:
    texts = {priced.variant.text for priced in priced_variants(of_site({"Cache": {}, "Database": {"ReadReplicas": 2}}))}
    assert "Cache: false" in texts
    assert not texts & {"Cache: true", "Database.ReadReplicas: 1", "Network.AvailabilityZones: 3"}


def test_cache_that_is_left_out_takes_its_cost_with_it() -> None:
    compact = of_site({"Cache": {"CacheNodeType": "cache.t4g.medium"}})
    found = {cost.property: cost.dollars for cost in property_costs(compact)}
    tier = alone(compact).by_tier[Tier.CACHE].expected
    assert found["Cache"] >= tier > found["Cache.CacheNodeType"] > 0


def test_copy_with_its_own_stack_is_priced_too() -> None:
    prices = {mode: of_site({**DOMAIN, "Secondary": {"Region": "us-west-2", "Mode": mode}}) for mode in MODES}
    assert dollars(prices["Backups"]) == pytest.approx(alone(prices["Backups"]).total.expected)
    for mode in ("PilotLight", "WarmStandby"):
        both = alone(prices[mode]).total.expected + alone(prices[mode], "us-west-2").total.expected
        assert dollars(prices[mode]) == pytest.approx(both)
    assert dollars(prices["Backups"]) < dollars(prices["PilotLight"]) < dollars(prices["WarmStandby"])


MODES = ("Backups", "PilotLight", "WarmStandby")


def test_property_within_a_function_is_not_changed() -> None:
    compact = of_site({})
    compact.template["Resources"]["Site"]["Properties"]["Network"] = {"Fn::If": ["Big", {}, {}]}
    assert compact.changed("Site", ("Network", "AvailabilityZones"), 2) is None


def test_refused_template_has_no_price() -> None:
    assert of_site({"Database": {"ReadReplicas": 99}}).dollars() is None
