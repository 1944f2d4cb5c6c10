"""The topic for alarms and database events."""

from typing import Any

from troposphere import AWSObject, Ref, rds, sns

from resilient_website.cloudformation.iam_documents import document
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.database import Database

# Events that require an action. Source: "Amazon RDS event categories and event messages".
EVENT_CATEGORIES = ["failure", "low storage"]
TOPIC = "AlarmTopic"


def build(context: Context, email: Value | None, database: Database | None) -> tuple[AWSObject, ...]:
    """Return the topic, first, its policy, and the subscription to the database's events."""
    subscription = [sns.Subscription(Protocol="email", Endpoint=email)] if email is not None else []
    topic = sns.Topic(context.id(TOPIC), DisplayName=context.short_title("alarms"), Subscription=subscription)
    policy = sns.TopicPolicy(
        context.id("AlarmTopicPolicy"),
        Topics=[Ref(topic)],
        PolicyDocument=document(
            _may_publish("Alarms", "cloudwatch.amazonaws.com", topic),
            _may_publish("DatabaseEvents", "events.rds.amazonaws.com", topic),
        ),
    )
    return topic, policy, *(_events(context, topic, policy, database) if database else ())


def _may_publish(sid: str, service: str, topic: sns.Topic) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Resource": Ref(topic),
        "Condition": {"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}},
    }


def _events(context: Context, topic: sns.Topic, policy: sns.TopicPolicy, database: Database) -> tuple[AWSObject, ...]:
    subscription = rds.EventSubscription(
        context.id("DatabaseEvents"),
        DependsOn=policy.title,
        SnsTopicArn=Ref(topic),
        SourceType="db-instance",
        SourceIds=[Ref(instance) for instance in (database.primary, *database.replicas)],
        EventCategories=EVENT_CATEGORIES,
    )
    return (subscription,)
