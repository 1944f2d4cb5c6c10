"""Policy documents: who may do what with what."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]


def document(*statements: Mapping[str, Any]) -> Json:
    """Return a policy document of the given statements."""
    return {"Version": "2012-10-17", "Statement": [dict(statement) for statement in statements]}


def allow(actions: str | Sequence[str], resources: Any, condition: Mapping[str, Any] | None = None) -> Json:
    """Return the statement that allows some actions on some resources, under a condition if one is given."""
    statement: Json = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": dict(condition)} if condition else statement


def trust(service: str, condition: Mapping[str, Any] | None = None) -> Json:
    """Return the document that lets an AWS service, as in `ec2`, take a role on."""
    principal = {"Service": f"{service}.amazonaws.com"}
    statement: Json = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return document({**statement, "Condition": dict(condition)} if condition else statement)
