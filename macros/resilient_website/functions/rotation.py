"""Common parts of secret rotations: the permissions on the secret, and the schedule."""

from collections.abc import Sequence
from typing import Any

from troposphere import AWSObject, Ref, secretsmanager

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import Statement
from resilient_website.context import Context
from resilient_website.functions.kind import FunctionKind, rights

# Source: "Lambda rotation function execution role permissions" in the AWS Secrets Manager User Guide.
ON_THE_SECRET = ("DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage")


def replicated(region: str | None) -> dict[str, Any]:
    """Return the properties of a secret that has a replica in a Region; none without one."""
    return {} if region is None else {"ReplicaRegions": [secretsmanager.ReplicaRegion(Region=region)]}


def rotation(
    context: Context,
    kind: FunctionKind,
    secret: str,
    days: Value,
    statements: Sequence[Statement],
    waits_for: Sequence[str],
) -> tuple[AWSObject, ...]:
    """Return the rotation of a secret every `days` days, and its permissions: on the secret, and the statements.

    `secret` is the end of the secret's logical id; `waits_for` are the logical ids of what uses it.
    """
    on_secret = allow([f"secretsmanager:{action}" for action in ON_THE_SECRET], Ref(context.id(secret)))
    right = rights(context, f"{secret}Policy", kind.role, [on_secret, *statements])
    schedule = secretsmanager.RotationSchedule(
        context.id(f"{secret}Rotation"),
        DependsOn=[*waits_for, right.title, *kind.ready],
        SecretId=Ref(context.id(secret)),
        RotationLambdaARN=kind.arn,
        RotationRules=secretsmanager.RotationRules(AutomaticallyAfterDays=days),
        # A stack update must not rotate the secret.
        RotateImmediatelyOnUpdate=False,
    )
    return right, schedule
