"""Builds IAM policy documents."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]


def document(*statements: Mapping[str, Any]) -> Json:
    """Return a policy document of the given statements."""
    return {"Version": "2012-10-17", "Statement": [dict(statement) for statement in statements]}


def allow(actions: str | Sequence[str], resources: Any, condition: Mapping[str, Any] | None = None) -> Json:
    """Return a statement that allows actions on resources, with an optional condition."""
    statement: Json = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": dict(condition)} if condition else statement


def trust(service: str, condition: Mapping[str, Any] | None = None) -> Json:
    """Return the trust policy that lets an AWS service, such as `ec2`, assume a role."""
    principal = {"Service": f"{service}.amazonaws.com"}
    statement: Json = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return document({**statement, "Condition": dict(condition)} if condition else statement)
