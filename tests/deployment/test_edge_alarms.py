"""A site in another Region than us-east-1: the edge's alarms, whose metrics are there alone, are there too."""

from typing import Any

from tests.sites import Installation

STACK = "edge-alarms"


def template(email: str) -> dict[str, Any]:
    properties = {"Database": False, "Monitoring": {"AlarmEmail": email}}
    return {
        "Transform": "ResilientWebsite",
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}},
        "Outputs": {"Distribution": {"Value": {"Fn::GetAtt": ["Site", "DistributionId"]}}},
    }


def watched(installation: Installation) -> dict[str, dict[str, Any]]:
    """Return the alarms in us-east-1 on metrics of CloudFront, by the distribution that they watch."""
    client = installation.emulator.client("cloudwatch", installation.account, "us-east-1")
    alarms = client.describe_alarms()["MetricAlarms"]
    return {
        dimension["Value"]: alarm
        for alarm in alarms
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "DistributionId"
    }


def test_alarms_are_where_the_metrics_are(ireland: Installation) -> None:
    distribution = ireland.deploy(STACK, template("oncall@example.com"))["Distribution"]
    alarm = watched(ireland)[distribution]
    assert alarm["MetricName"] == "5xxErrorRate"
    topics = ireland.emulator.client("sns", ireland.account, "us-east-1")

    def reported(topic: str) -> list[str]:
        return [entry["Endpoint"] for entry in topics.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]]

    assert reported(alarm["AlarmActions"][0]) == ["oncall@example.com"]
    ireland.deploy(STACK, template("night@example.com"))
    assert reported(watched(ireland)[distribution]["AlarmActions"][0]) == ["night@example.com"]
    assert ireland.delete(STACK) == "DELETE_COMPLETE", ireland.failures(STACK)
    assert distribution not in watched(ireland)
