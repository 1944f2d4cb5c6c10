"""Whether the site's alarms reach a person."""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, warning
from cli.check.referenced_arns import NO_TOPIC
from cli.check.site import Site
from resilient_website.tiers.monitoring.topic import TOPIC

PROPERTY = "Monitoring.AlarmEmail"


def of_alarms(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of alarms without a recipient: no address, or no subscription to the deployed topic is confirmed.

    A topic of your own has its own subscribers. Source: GetTopicAttributes, SubscriptionsConfirmed; "Confirm an Amazon
    SNS email subscription".
    """
    if site.spec.monitoring.alarm_topic_arn is not None:
        return
    confirmed, pending = _subscriptions(site, aws)
    if confirmed:
        return
    if pending:
        found = "no subscription to the alarms' topic is confirmed, so no email is sent"
        yield warning(
            site.at(PROPERTY), found, 'open the email "AWS Notification - Subscription Confirmation" and confirm'
        )
    elif site.spec.monitoring.alarm_email is None:
        found = "absent, and Monitoring.AlarmTopicArn too: the alarms have no recipient"
        yield warning(site.at(PROPERTY), found, "write the address of the people on call, or subscribe to the topic")


def _subscriptions(site: Site, aws: Aws) -> tuple[int, int]:
    """Return how many subscriptions to the deployed topic are confirmed, and how many wait for it; 0 without one."""
    deployed = site.stack.resources(aws).get(site.name + TOPIC)
    if deployed is None:
        return 0, 0
    topic = str(deployed["PhysicalResourceId"])
    answer = aws.find("sns", "get_topic_attributes", missing=NO_TOPIC, TopicArn=topic) or {}
    counts = answer.get("Attributes", {})
    return int(counts.get("SubscriptionsConfirmed", 0)), int(counts.get("SubscriptionsPending", 0))
