"""Laws of the dashboard and of alarm texts: every state and threshold is shown, and every text leads to the page."""

import json
import re
from typing import Any

from hypothesis import given

from tests.expansion.expanded import Resources, everywhere, expand, of_type
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples

# The longest names. Sources: "CreateStack" (StackName), "Resources" in the CloudFormation User Guide (logical ids are
# not limited; a site's has at most 64 characters), and the longest ARNs and identifiers of the dimensions.
MAX_LENGTHS = {"AWS::StackName": 128, "AWS::Region": 14, "AWS::Partition": 10, "AWS::AccountId": 12}
MAX_LENGTHS |= {"SiteStack": 128 + 24, "DashboardUrl": 300, "CertificateArn": 100, "TargetGroup": 70}
NAME = 255


def alarms(resources: Resources) -> dict[str, dict[str, Any]]:
    """Return the alarms that notify somebody, by logical id, those in us-east-1 among them."""
    found = [alarm for part in everywhere(resources) for alarm in of_type(part, "AWS::CloudWatch::Alarm")]
    return {name: alarm for name, alarm in found if "AlarmActions" in alarm}


def widgets(resources: Resources) -> list[dict[str, Any]]:
    body = resources["SiteDashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    found: list[dict[str, Any]] = json.loads(body)["widgets"]
    return found


def whole(description: Any) -> str:
    text = description["Fn::Sub"]
    return text if isinstance(text, str) else str(text[0])


def at_its_longest(text: str) -> str:
    return re.sub(r"\$\{([\w:]+)\}", lambda found: "x" * MAX_LENGTHS.get(found[1], NAME), text)


@given(SITES)
@examples(50)
def test_each_alarm_leads_to_a_section_a_command_and_the_dashboard(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    for name, alarm in alarms(resources).items():
        text = whole(alarm["AlarmDescription"])
        assert re.search(r"^First command: (aws|resilient-website) \S+", text, re.M), name
        assert re.search(r"^Runbook: docs/on-call\.md#[a-z-]+$", text, re.M), name
        if name.startswith("Site") and "SiteDashboard" in resources:
            assert "#dashboards/dashboard/" in text or "${DashboardUrl}" in text, name
        assert "${Stack}" not in text, name
        # Source: "PutMetricAlarm" in the Amazon CloudWatch API Reference, AlarmDescription.
        assert len(at_its_longest(text)) <= 1024, name


@given(SITES)
@examples(50)
def test_dashboard_shows_each_state_and_each_threshold(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    if "SiteDashboard" not in resources:
        return
    shown = widgets(resources)
    states = [widget for widget in shown if widget["type"] == "alarm"]
    assert shown[1] == states[0]
    arns = [arn for widget in states for arn in widget["properties"]["alarms"]]
    assert max(len(widget["properties"]["alarms"]) for widget in states) <= 100
    own = {name: alarm for name, alarm in alarms(resources).items() if name.startswith("Site")}
    assert sorted(re.findall(r"\w+", arn)[-1] for arn in arns if "Stack" in arn) == sorted(
        name.removeprefix("Site") for name in own if name not in resources
    )
    assert {f"${{{name}.Arn}}" for name in own if name in resources} <= set(arns)
    drawn = [widget["properties"].get("annotations", {}) for widget in shown]
    lines = {line["value"] for annotations in drawn for line in annotations.get("horizontal", [])}
    alone = {arn for annotations in drawn for arn in annotations.get("alarms", [])}
    for name, alarm in own.items():
        suffix = name.removeprefix("Site")
        assert (
            f"${{{name}.Arn}}" in alone
            or f"${{SiteEdgeAlarmsStack.{suffix}}}" in alone
            or (alarm["Threshold"] in lines)
        ), name


@given(SITES)
@examples(20)
def test_widgets_do_not_overlap(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    taken: set[tuple[int, int]] = set()
    for widget in widgets(resources) if "SiteDashboard" in resources else []:
        cells = {
            (widget["x"] + column, widget["y"] + line)
            for column in range(widget["width"])
            for line in range(widget["height"])
        }
        assert not cells & taken
        assert max(column for column, _ in cells) < 24
        taken |= cells


def test_alarms_there_point_to_the_site_here() -> None:
    resources = expand({"Monitoring": {"AlarmEmail": "a@example.com"}}, "eu-west-1")
    values = resources["SiteEdgeAlarmsStack"]["Properties"]["Parameters"]
    assert values["SiteStack"] == {"Fn::Sub": "${AWS::StackName} --region ${AWS::Region}"}
    assert values["DashboardUrl"]["Fn::Sub"].endswith(
        resources["SiteDashboard"]["Properties"]["DashboardName"]["Fn::Sub"]
    )


def test_no_dashboard_no_address() -> None:
    resources = expand({"Monitoring": {"AlarmEmail": "a@example.com", "Dashboard": False}}, "eu-west-1")
    assert "dashboards" not in json.dumps(resources)


def test_threshold_that_the_expansion_does_not_know_is_drawn_by_cloudwatch() -> None:
    resources = expand({"Monitoring": {"LatencySeconds": {"Fn::ImportValue": "seconds"}}})
    alone = [
        arn for widget in widgets(resources) for arn in widget["properties"].get("annotations", {}).get("alarms", [])
    ]
    assert "${SiteLatencyAlarm.Arn}" in alone
