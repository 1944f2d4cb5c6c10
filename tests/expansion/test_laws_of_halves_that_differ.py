"""Halves of the same file and values declare the same, and the alarm of the copy learns of every other difference."""

import json

import boto3
import pytest
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from half_comparison import handler
from half_comparison.request import Request, read
from resilient_website.site_declared import MADE_OF
from resilient_website.site_spec import ALL_PROPERTIES
from resilient_website.tiers.secondary_region.same_in_both import SAME_IN_BOTH
from tests.expansion.declared_halves import MAX_BYTES, SITE, Json, differing, of_halves, text
from tests.expansion.expanded import expand, of_type
from tests.expansion.random_copies import (
    BACKED_UP,
    PRIMARY,
    SECONDARY,
    SITES,
    SWITCH,
    copy_half,
    halves,
    primary_half,
    with_copy,
)
from tests.expansion.random_sites import SITES as SITES_WITHOUT_COPY
from tests.hypothesis_profile import examples
from tests.quoting.cloudformation import resolved


@given(SITES)
def test_halves_of_the_same_file_declare_the_same_whichever_is_active(site: Json) -> None:
    for active in SWITCH:
        assert of_halves(*halves(site, **active)) == []


@given(BACKED_UP)
@examples(25)
def test_half_that_was_recovered_declares_the_same_once_both_have_its_file(site: Json) -> None:
    file = with_copy(site, ActiveRegion=SECONDARY)
    assert of_halves(expand(file, PRIMARY), expand(file, SECONDARY)) == []
    assert of_halves(expand(site, PRIMARY), expand(file, SECONDARY)) == ["ActiveHalf"]


@given(SITES)
@examples(25)
def test_half_that_another_one_was_made_active_without_differs(site: Json) -> None:
    assert of_halves(primary_half(site), copy_half(site, ActiveRegion=SECONDARY)) == ["ActiveHalf"]


@given(SITES)
@examples(25)
def test_each_property_that_one_half_lacks_is_named(site: Json) -> None:
    copy = copy_half(site)
    for name in site.keys() & {"Tags", "HealthCheck", "Delivery", "Assets", "Monitoring"}:
        primary = expand({key: value for key, value in site.items() if key != name}, PRIMARY)
        assert f"Properties.{name}" in of_halves(primary, copy)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"Secondary": {"Region": SECONDARY, "Mode": "WarmStandby"}}, ["Secondary.Mode"]),
        ({"Monitoring": {"LatencySeconds": 2}}, ["Properties.Monitoring"]),
        (
            {"Database": {"DBInstanceClass": "db.t4g.large"}},
            ["Properties.Database", "Resources.Database.DBInstanceClass"],
        ),
        ({"Overrides": {"Vpc": {"EnableDnsHostnames": False}}}, ["Properties.Overrides"]),
    ],
)
def test_change_of_one_half_is_named(changed: Json, named: list[str]) -> None:
    first, second = text(expand(SITE, PRIMARY)), text(expand({**SITE, **changed}, SECONDARY))
    assert differing(first, second) == named


def test_number_and_its_text_are_the_same() -> None:
    one = {**SITE, "WebServers": {"Port": 8080}, "Drills": True}
    other = {**SITE, "WebServers": {"Port": "8080"}, "Drills": "true"}
    assert of_halves(expand(one, PRIMARY), expand(other, SECONDARY)) == []


def test_every_value_that_is_compared_has_the_properties_that_it_is_made_of() -> None:
    assert {(kind, path[-1]) for kind, paths in SAME_IN_BOTH.items() for path in paths} == MADE_OF.keys()
    known = {row.name for row in ALL_PROPERTIES}
    assert {path.partition(".")[0] for paths in MADE_OF.values() for path in paths} <= known


@given(SITES, st.sampled_from(SWITCH))
def test_parameter_store_takes_what_is_declared(site: Json, active: Json) -> None:
    for half in halves(site, **active):
        assert len(text(half).encode()) <= MAX_BYTES
        assert "{{" not in text(half)


@pytest.mark.parametrize("changed", [{"Drills": True}, {"WebServers": {"MaxSize": 12}}, {"Tags": []}])
def test_update_that_only_the_comparison_notices_does_not_need_the_copys_region(changed: Json) -> None:
    before, after = expand(SITE, PRIMARY), expand({**SITE, **changed}, PRIMARY)
    assert of_halves(before, after)
    assert dict(of_type(before, "Custom::RemoteStack")) == dict(of_type(after, "Custom::RemoteStack"))


@given(SITES_WITHOUT_COPY)
@examples(25)
def test_site_without_a_copy_has_nothing_of_it(site: Json) -> None:
    assert not [name for name in expand(site) if "Declared" in name or "HalfComparison" in name or "Differ" in name]


@given(SITES)
@examples(25)
def test_copy_compares_each_hour_and_only_the_copy(site: Json) -> None:
    primary, copy = halves(site)
    assert not [name for name in primary if "HalfComparison" in name or "HalvesDiffer" in name]
    rule = copy["SiteHalfComparisonSchedule"]["Properties"]
    given_values = {"AWS::StackName": "shop", "SitePrimaryHalf.PrimaryRegion": PRIMARY}
    asked = read(json.loads(resolved(rule["Targets"][0]["Input"], given_values)))
    assert asked == Request("/resilient-website/shop/Site/Half/Declared", PRIMARY)
    for half in (primary, copy):
        assert resolved(half["SiteDeclared"]["Properties"]["Name"], given_values) == asked.parameter
    permission = copy["SiteHalfComparisonPermission"]["Properties"]
    assert permission["SourceArn"] == {"Fn::GetAtt": ["SiteHalfComparisonSchedule", "Arn"]}
    assert permission["FunctionName"] == {"Ref": "HalfComparisonFunction"}


@given(SITES)
@examples(10)
def test_alarm_reads_the_metric_that_the_log_gives_and_notices_its_absence(site: Json) -> None:
    copy = copy_half(site)
    alarm = dict(of_type(copy, "AWS::CloudWatch::Alarm"))["SiteHalvesDifferAlarm"]
    metric = copy["SiteDifferingValues"]["Properties"]
    (made,) = metric["MetricTransformations"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (made["MetricNamespace"], made["MetricName"])
    assert metric["LogGroupName"] == copy["HalfComparisonFunction"]["Properties"]["LoggingConfig"]["LogGroup"]
    # Metrics are in the namespace of all stacks: the name has the stack and the site.
    assert "${AWS::StackName}" in made["MetricName"]["Fn::Sub"]
    assert "DefaultValue" not in made
    assert alarm["TreatMissingData"] == "missing"
    assert alarm["InsufficientDataActions"] == alarm["AlarmActions"] == alarm["OKActions"]
    assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"] > 1


def test_filter_finds_the_fields_of_the_log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(handler, "_compared", lambda *_: ["Version"])
    client = Session().create_client("ssm", region_name=SECONDARY)
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    handler.handler({"Parameter": "/resilient-website/shop/Site/Half/Declared", "PrimaryRegion": PRIMARY}, None)
    (line,) = [record.__dict__ for record in caplog.records if record.name == "half_comparison.handler"]
    metric = expand(SITE, SECONDARY)["SiteDifferingValues"]["Properties"]
    (made,) = metric["MetricTransformations"]
    field = made["MetricValue"].removeprefix("$.")
    assert line[field] == 1
    assert metric["FilterPattern"] == f'{{ $.site = "{line["site"]}" && $.{field} >= 0 }}'
