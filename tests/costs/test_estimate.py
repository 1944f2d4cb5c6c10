"""Laws of the estimate, for every site, and its figures for a site that is counted by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st

from cli.analysis.costs.change import USUAL_TRAFFIC, CostChange
from cli.analysis.costs.charge import Amounts, Tier, Traffic
from cli.analysis.costs.estimate import Estimate, estimate
from cli.analysis.costs.price_list import price_list
from cli.analysis.month import HOURS
from cli.cost import cost
from cli.diff.command import diff
from tests.expansion.expanded import expanded_template
from tests.expansion.random_sites import SITES, in_template
from tools.repository import ROOT

TRAFFIC = Traffic(requests=20_000_000, gigabytes=2000)


def of_site(properties: dict[str, Any], traffic: Traffic = TRAFFIC) -> Estimate:
    return estimate(expanded_template(properties), "us-east-1", {}, price_list(), traffic)


@given(SITES)
def test_parts_add_up_and_cases_are_in_order(site: dict[str, Any]) -> None:
    made = of_site(site)
    for name in ("low", "expected", "high"):
        parts = sum(getattr(amounts, name) for amounts in made.by_tier.values())
        assert getattr(made.total, name) == pytest.approx(parts)
    for charge in made.charges:
        assert 0 <= charge.units.low <= charge.units.expected <= charge.units.high, charge


@given(SITES, st.sampled_from([("Database", Tier.DATABASE), ("Cache", Tier.CACHE), ("Files", Tier.FILES)]))
def test_a_tier_that_is_off_costs_nothing(site: dict[str, Any], tier: tuple[str, Tier]) -> None:
    name, of = tier
    assume("Secondary" not in site)
    off = of_site({**site, name: False})
    assert of not in off.by_tier
    on = of_site(site)
    if of in on.by_tier:
        assert on.total.low >= off.total.low + on.by_tier[of].low


def test_the_smallest_site_counted_by_hand() -> None:
    made = of_site({})
    servers = 3 * (0.0168 * HOURS + 8 * 0.08 + 7 * 0.30 + 0.005 * HOURS)
    assert made.by_tier[Tier.WEB_SERVERS].low == pytest.approx(servers)
    assert made.by_tier[Tier.DATABASE].low == pytest.approx(2 * (0.032 * HOURS + 20 * 0.115))
    # A terabyte and ten million requests are free.
    assert made.by_tier[Tier.EDGE].expected == pytest.approx((2000 - 1024) * 0.085 + 10 * 1.00)


def test_function_that_selects_origins_is_charged_for_each_request() -> None:
    site = {
        "DomainName": "www.example.com",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "Network": {"WebSubnets": "Private"},
        "LoadBalancer": {"Scheme": "internal"},
        "Secondary": {"Region": "us-west-2"},
    }
    without = of_site(site)
    selected = of_site({**site, "Secondary": {"Region": "us-west-2", "VpcOrigin": True}})
    # Two of the twenty million runs are free; of the reads, none is.
    more = selected.by_tier[Tier.EDGE].expected - without.by_tier[Tier.EDGE].expected
    assert more == pytest.approx(18 * 0.10 + 20 * 0.03)


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({"Database": {"MultiAZ": False}}, -0.032 * HOURS - 20 * 0.115),
        ({"Database": {"ReadReplicas": 1}}, None),
        ({"Network": {"WebSubnets": "Private"}}, None),
        (
            {"Database": {"EngineVersion": "8.0", "EngineLifecycleSupport": "open-source-rds-extended-support"}},
            4 * 0.1 * HOURS,
        ),
        ({"Cache": {"CacheNodeType": "cache.t4g.small"}}, None),
        ({"WebServers": {"MinSize": 6}}, None),
    ],
)
def test_a_change_changes_the_total(change: dict[str, Any], more: float | None) -> None:
    difference = of_site(change).total.low - of_site({}).total.low
    assert difference != 0
    if more is not None:
        assert difference == pytest.approx(more)


def test_what_has_no_price_is_reported() -> None:
    made = of_site({"WebServers": {"InstanceType": "x8g.metal-48xl"}})
    assert made.unknown == ("server x8g.metal-48xl, On-Demand",)
    assert made.total.low < of_site({}).total.low


@pytest.mark.parametrize(
    ("name", "cores"),
    [("db.t4g.small", 2), ("db.r6g.xlarge", 4), ("db.r6g.4xlarge", 16), ("db.odd.bigxlarge", 2), ("", 2)],
)
def test_extended_support_is_charged_by_core(name: str, cores: int) -> None:
    properties = {"DBInstanceClass": name, "EngineVersion": "8.0"}
    template = {"Resources": {"Database": {"Type": "AWS::RDS::DBInstance", "Properties": properties}}}
    charges = estimate(template, "us-east-1", {}, price_list(), USUAL_TRAFFIC).charges
    assert [each.units.low for each in charges if "Extended" in each.what] == [cores]


def test_every_price_is_used() -> None:
    prices = price_list()
    used: set[float | None] = set()
    sites: list[dict[str, Any]] = [
        {},
        {"Network": {"WebSubnets": "Private", "NatGateways": "PerZone", "EndpointServices": ["sqs"]}},
        {"Database": {"EngineVersion": "8.0", "EngineLifecycleSupport": "open-source-rds-extended-support"}},
        {"Security": {"WebACL": "ManagedRules"}},
        {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"},
        {
            "DomainName": "www.example.com",
            "HostedZoneId": "Z0123456789ABCDEFGHIJ",
            "Network": {"WebSubnets": "Private"},
            "LoadBalancer": {"Scheme": "internal"},
            "Secondary": {"Region": "us-west-2", "VpcOrigin": True},
        },
    ]
    for site in sites:
        used |= {charge.price for charge in of_site(site).charges}
    for name in prices.hourly["other"]:
        assert prices.of_hours(name) in used, name
    for name in set(prices.monthly) - {"key"}:
        assert prices.monthly[name] in used, name
    assert set(prices.per_unit.values()) <= used


def test_the_command_prints_sums_and_what_is_left_out() -> None:
    example = str(ROOT / "examples/minimal.yaml")
    shown = CliRunner().invoke(cost, [example, "--region", "eu-west-1"])
    assert shown.exit_code == 0, shown.output
    assert "Not included" in shown.output
    assert "eu-west-1 may cost more" in shown.output
    made = json.loads(CliRunner().invoke(cost, [example, "--region", "eu-west-1", "--json"]).output)
    assert made["total"]["low"] == round(sum(charge["dollars"]["low"] for charge in made["charges"]), 2)
    assert f"{made['total']['low']:,.2f}" in shown.output


def test_the_command_says_that_the_other_half_is_not_in_the_sum() -> None:
    def left_out(example: str, region: str) -> str:
        arguments = [str(ROOT / f"examples/{example}.yaml"), "--region", region]
        made = json.loads(CliRunner().invoke(cost, [*arguments, "--json"]).output)
        return str(made["notIncluded"][0])

    assert left_out("second-region", "us-east-1") == (
        "the copy in us-west-2, which is a stack of its own (cost --region us-west-2 prints its sum)"
    )
    assert left_out("second-region", "us-west-2").startswith("the primary half, which is a stack of its own (")
    # Of backups, no stack runs in the other Region, and the primary one pays for them.
    assert left_out("second-region-backups", "us-east-1").startswith("taxes")
    assert left_out("minimal", "us-east-1").startswith("taxes")


def test_amounts_are_added_by_case() -> None:
    assert Amounts(1, 2, 3).plus(Amounts.same(1).times(2)) == Amounts(3, 4, 5)


def cost_change(old: dict[str, Any], new: dict[str, Any]) -> CostChange:
    prices = price_list()
    return CostChange(of_site(old, USUAL_TRAFFIC), of_site(new, USUAL_TRAFFIC), prices.as_of, prices.region)


def test_an_update_says_what_it_changes_in_the_cost() -> None:
    replica = cost_change({}, {"Database": {"ReadReplicas": 1}})
    assert replica.text is not None
    assert replica.text.startswith(f"{replica.more:+,.2f} US dollars a month: ")
    assert replica.more > 0.032 * HOURS
    assert cost_change({"Database": {"ReadReplicas": 1}}, {}).more == pytest.approx(-replica.more)
    assert cost_change({}, {"Fallback": {"Title": "Back soon"}}).text is None


def test_no_difference_is_shown_if_a_price_is_missing() -> None:
    """Otherwise, an update to a larger class without a price would look cheaper."""
    unknown = cost_change({}, {"Database": {"DBInstanceClass": "db.r8g.48xlarge"}})
    before, after = unknown.before.total.expected, unknown.after.total.expected
    assert before > after
    assert unknown.text == (
        "no price is known for database db.r8g.48xlarge with a standby. The rest, in US dollars a month: "
        f"{before:,.2f} before, {after:,.2f} after (prices of {unknown.as_of} in {unknown.price_region})"
    )


@pytest.mark.parametrize("form", [(), ("--markdown",), ("--json",)])
def test_diff_reports_it(tmp_path: Path, form: tuple[str, ...]) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    for file, site in ((old, {}), (new, {"WebServers": {"MinSize": 6}})):
        file.write_text(json.dumps({"Transform": "ResilientWebsite", **in_template(site)}))
    done = CliRunner().invoke(diff, [str(old), str(new), "--region", "us-east-1", *form])
    assert done.exit_code == 0, done.output
    made = cost_change({}, {"WebServers": {"MinSize": 6}})
    if form == ("--json",):
        assert json.loads(done.output)["costPerMonth"]["after"] == round(made.after.total.expected, 2)
    else:
        assert "Cost:" in done.output
        assert f"{abs(made.more):,.2f} US dollars a month" in " ".join(done.output.replace("\\", "").split())


@pytest.mark.parametrize("number", ["nan", "inf", "-1"])
@pytest.mark.parametrize("option", ["--requests", "--gigabytes"])
def test_traffic_is_a_number(tmp_path: Path, option: str, number: str) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(json.dumps({"Transform": "ResilientWebsite", **in_template({})}))
    assert CliRunner().invoke(cost, [str(file), "--region", "us-east-1", option, number]).exit_code == 2
