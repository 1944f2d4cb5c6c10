"""A web server's permissions: Session Manager, its secrets, its logs."""

from typing import Any

from troposphere import GetAtt, Join, Sub, iam

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.roles import role
from resilient_website.context import Context
from resilient_website.quoting import iam as iam_text
from resilient_website.tiers.tags import of_site
from resilient_website.tiers.web_servers.application import ArtifactSpec
from resilient_website.tiers.web_servers.container import statements as container_statements
from resilient_website.tiers.web_servers.result import Dependencies
from resilient_website.tiers.web_servers.secrets import statements as environment_statements
from resilient_website.tiers.web_servers.spec import WebServersSpec

# One namespace per stack, so that other stacks' servers can't affect this stack's alarms.
METRICS_NAMESPACE = "ResilientWebsite/${AWS::StackName}"

# Only what Session Manager needs, without access to parameters. The actions of ssmmessages support no resources, and
# the guide's policy has none for the other. SSM Agent 3.3.40 and newer don't need ec2messages. Sources: "Add Session
# Manager permissions to an existing IAM role" and "Reference: ec2messages, ssmmessages, and other API operations" in
# the Systems Manager User Guide; "Actions, resources, and condition keys for Amazon Message Gateway Service".
SESSION_MANAGER = [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]


def build(context: Context, spec: WebServersSpec, deps: Dependencies, log_group: str | None) -> iam.Role:
    """Return the role of the web servers."""
    return role(context.id("WebRole"), context.roles, "ec2", _statements(context, spec, deps, log_group))


def _statements(
    context: Context, spec: WebServersSpec, deps: Dependencies, log_group: str | None
) -> dict[str, list[dict[str, Any]]]:
    """Return the statements of the servers' role, by their policy's name; none for what the site does not have."""
    secrets = [
        secret
        for secret in (deps.database and deps.database.secret_arn, deps.cache and deps.cache.secret_arn)
        if secret is not None
    ]
    return {
        "SessionManager": [allow(SESSION_MANAGER, "*")],
        "ReadSecrets": [allow("secretsmanager:GetSecretValue", secrets)] if secrets else [],
        "ReadEnvironment": environment_statements(spec.environment) if spec.has_application else [],
        "PullImage": _pull(spec),
        "ReadArtifact": [_read(archive) for archive in (spec.artifact, _tried(spec)) if archive],
        "WriteLogsAndMetrics": _agent(log_group) if log_group else [],
        "MountFiles": [deps.files.statement()] if deps.files else [],
        "EndLifecycleAction": _drain(context) if spec.drain else [],
    }


def _tried(spec: WebServersSpec) -> ArtifactSpec | None:
    """Return the archive of the canary that runs, if any."""
    return spec.canary.artifact(spec.artifact) if spec.canary else None


def _pull(spec: WebServersSpec) -> list[dict[str, Any]]:
    """Return the permissions to pull the images of the site and of its canary, which are mostly of one repository."""
    containers = (spec.container, spec.canary.container(spec.container) if spec.canary else None)
    found = [statement for each in containers if each for statement in container_statements(each.image)]
    return [each for number, each in enumerate(found) if encoded(each) not in map(encoded, found[:number])]


def _drain(context: Context) -> list[dict[str, Any]]:
    """Return the permission to complete the lifecycle action after draining.

    The policy matches the group by its tags: a policy that refers to it would be created after it, and deleted before
    it, while its servers still drain.
    """
    arn = Sub("arn:${AWS::Partition}:autoscaling:${AWS::Region}:${AWS::AccountId}:autoScalingGroup:*")
    # This action supports no resource-level permissions.
    return [
        allow("autoscaling:CompleteLifecycleAction", arn, of_site(context)),
        allow("autoscaling:DescribeAutoScalingInstances", "*"),
    ]


def _read(artifact: ArtifactSpec) -> dict[str, Any]:
    """Return the permission to read the archive: only this object, and only its version if one is set.

    A `*`, `?` or `${` in the bucket's name or the key is literal; for intrinsics, CloudFormation functions escape them.
    Source: "Actions, resources, and condition keys for Amazon S3", GetObjectVersion.
    """
    names = [*iam_text.exactly(artifact.bucket), "/", *iam_text.exactly(artifact.key)]
    arn = Join("", [Sub("arn:${AWS::Partition}:s3:::"), *names])
    if artifact.version_id is None:
        return allow("s3:GetObject", arn)
    version = Join("", iam_text.exactly(artifact.version_id))
    return allow("s3:GetObjectVersion", arn, {"StringEquals": {"s3:VersionId": version}})


def _agent(log_group: str) -> list[dict[str, Any]]:
    """Return the CloudWatch agent's permissions. Source: "Create IAM roles and users for use with CloudWatch agent"."""
    namespace = {"StringEquals": {"cloudwatch:namespace": Sub(METRICS_NAMESPACE)}}
    metrics = allow("cloudwatch:PutMetricData", "*", namespace)
    logs = allow(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], GetAtt(log_group, "Arn"))
    # The agent reads its instance's tags to add the Auto Scaling group to each metric.
    return [metrics, logs, allow("ec2:DescribeTags", "*")]
