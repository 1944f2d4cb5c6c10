"""Laws of alarms: no period is shorter than the time between two data points, none is longer than CloudWatch takes."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tests.expansion.expanded import Resources, everywhere, expand, of_type
from tests.expansion.random_copies import SECONDARY, copy_half, halves
from tests.expansion.random_copies import SITES as SITES_WITH_COPY
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples

TABLE: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "metric_resolutions.toml").read_text(encoding="utf-8")
)["resolution"]

DAY = 86_400
HOUR = 3600


def measured(alarm: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Yield namespace, name and period of each metric of an alarm."""
    stats = [query["MetricStat"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    for stat in stats:
        yield _text(stat["Metric"]["Namespace"]), _text(stat["Metric"]["MetricName"]), stat["Period"]
    if not stats:
        yield _text(alarm["Namespace"]), _text(alarm["MetricName"]), alarm["Period"]


def resolution(namespace: str, metric: str, *, detailed: bool) -> int:
    """Return the seconds between two data points; raises LookupError for a metric that the table does not have."""
    for row in TABLE:
        whole = namespace == row["namespace"] or (
            row["namespace"].endswith("/") and namespace.startswith(row["namespace"])
        )
        if whole and metric in row.get("metrics", [metric]):
            return int(row["detailed"] if detailed and "detailed" in row else row["seconds"])
    raise LookupError(f"metric_resolutions.toml has no {namespace} {metric}")


def assert_periods(resources: Resources) -> None:
    templates = [body["LaunchTemplateData"] for _, body in of_type(resources, "AWS::EC2::LaunchTemplate")]
    detailed = all(data.get("Monitoring", {}).get("Enabled", False) for data in templates)
    found = [alarm for part in everywhere(resources) for alarm in of_type(part, "AWS::CloudWatch::Alarm")]
    assert found
    for name, alarm in found:
        for namespace, metric, period in measured(alarm):
            assert period >= resolution(namespace, metric, detailed=detailed), f"{name}: {metric}"
            # Source: "PutMetricAlarm" in the Amazon CloudWatch API Reference, EvaluationPeriods.
            assert period % 60 == 0
            assert period * alarm["EvaluationPeriods"] <= (7 * DAY if period >= HOUR else DAY), name


@given(SITES)
@examples(50)
def test_no_alarm_reads_a_metric_more_often_than_it_comes(properties: dict[str, Any]) -> None:
    assert_periods(expand(properties))


def test_nor_in_an_example(example: Path) -> None:
    template = read_template(example)
    assert_periods(expand_template(template, parameter_values(template, {}), "us-east-1")["Resources"])


@given(SITES_WITH_COPY)
@examples(15)
def test_copy_has_alarms_on_what_a_switch_relies_on(properties: dict[str, Any]) -> None:
    primary, secondary = halves(properties)
    assert_periods(primary)
    assert_periods(secondary)
    alarms = dict(of_type(secondary, "AWS::CloudWatch::Alarm"))
    least = int(secondary["SiteAutoScalingGroup"]["Properties"]["MinSize"])
    assert ("SiteStandbyServersAlarm" in alarms) is (least > 0)
    if least:
        assert alarms["SiteStandbyServersAlarm"]["Threshold"] == least
    if "SiteDatabase" in secondary:
        assert alarms["SiteCopyLagAlarm"]["TreatMissingData"] == "breaching"
    (rule,) = primary["SiteAssetsBucket"]["Properties"]["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"]["Metrics"] == {"Status": "Enabled"}
    failed = primary["SiteAssetsReplicationAlarm"]["Properties"]
    values = {item["Name"]: item["Value"] for item in failed["Dimensions"]}
    assert values["RuleId"] == rule["Id"]
    assert values["SourceBucket"] == {"Ref": "SiteAssetsBucket"}
    assert values["DestinationBucket"] == {"Fn::GetAtt": ["SiteSecondaryStack", "AssetsBucket"]}
    active = dict(of_type(copy_half(properties, ActiveRegion=SECONDARY), "AWS::CloudWatch::Alarm"))
    assert not active.keys() & {"SiteStandbyServersAlarm", "SiteCopyLagAlarm"}


def test_an_alarm_by_the_minute_on_basic_monitoring_is_found() -> None:
    resources = expand({})
    resources["SiteWebLaunchTemplate"]["Properties"]["LaunchTemplateData"].pop("Monitoring")
    with pytest.raises(AssertionError, match="SiteServerCpuAlarm"):
        assert_periods(resources)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value["Fn::Sub"])
