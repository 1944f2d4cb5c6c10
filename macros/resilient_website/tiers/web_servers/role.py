"""What a web server may do in the account: be reached by Session Manager, read its secrets, write its logs."""

from typing import Any

from troposphere import AWSHelperFn, GetAtt, Join, Sub, iam

from resilient_website.context import Context
from resilient_website.iam_documents import allow
from resilient_website.roles import role
from resilient_website.tags import SITE_TAG, site_name
from resilient_website.tiers.web_servers.result import Surroundings
from resilient_website.tiers.web_servers.spec import WebServersSpec

METRICS_NAMESPACE = "ResilientWebsite/Servers"


def build(context: Context, spec: WebServersSpec, around: Surroundings, log_group: str | None) -> iam.Role:
    """Return the role of the web servers."""
    managed = [Sub("arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore")]
    policies = _statements(context, spec, around, log_group)
    return role(context.id("WebRole"), context.roles, "ec2", policies, managed=managed)


def _statements(
    context: Context, spec: WebServersSpec, around: Surroundings, log_group: str | None
) -> dict[str, list[dict[str, Any]]]:
    secrets = [
        secret
        for secret in (around.database and around.database.secret_arn, around.cache and around.cache.secret_arn)
        if secret is not None
    ]
    return {
        "ReadSecrets": [allow("secretsmanager:GetSecretValue", secrets)] if secrets else [],
        "ReadArtifact": [allow("s3:GetObject", _artifact_arn(spec))] if spec.artifact else [],
        "WriteLogsAndMetrics": _agent(log_group) if log_group else [],
        "EndLifecycleAction": _drain(context) if spec.drain else [],
    }


def _drain(context: Context) -> list[dict[str, Any]]:
    """Return what lets a server say that it is drained.

    The group is told by its tag: a policy that named it would be made after it, and deleted before it, while its
    servers still drain.
    """
    arn = Sub("arn:${AWS::Partition}:autoscaling:${AWS::Region}:${AWS::AccountId}:autoScalingGroup:*")
    of_this_site = {"StringEquals": {f"aws:ResourceTag/{SITE_TAG}": site_name(context)}}
    # Which group a server is in can only be asked for all of them.
    return [
        allow("autoscaling:CompleteLifecycleAction", arn, of_this_site),
        allow("autoscaling:DescribeAutoScalingInstances", "*"),
    ]


def _artifact_arn(spec: WebServersSpec) -> AWSHelperFn:
    if spec.artifact is None:
        raise ValueError("there is no artifact")
    return Join("", [Sub("arn:${AWS::Partition}:s3:::"), spec.artifact.bucket, "/", spec.artifact.key])


def _agent(log_group: str) -> list[dict[str, Any]]:
    """Return what the CloudWatch agent needs. Source: "Create IAM roles and users for use with CloudWatch agent"."""
    namespace = {"StringEquals": {"cloudwatch:namespace": METRICS_NAMESPACE}}
    metrics = allow("cloudwatch:PutMetricData", "*", namespace)
    logs = allow(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], GetAtt(log_group, "Arn"))
    # The agent asks for its instance's tags, to name the Auto Scaling group with each metric.
    return [metrics, logs, allow("ec2:DescribeTags", "*")]
