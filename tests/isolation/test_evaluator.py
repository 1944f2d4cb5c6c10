"""The third-party evaluator does what the harness relies on: conditions, wildcards, boundaries and bucket policies."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.isolation.account import ACCOUNT
from tests.isolation.evaluator import AuthorizationRequest, Caller, EvaluationError, Evaluator

ROLE = f"arn:aws:iam::{ACCOUNT}:role/own"
DATABASE = f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:own"
RULE = f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/own"
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:own"
TAG = "aws:ResourceTag/aws:cloudformation:stack-id"
OBJECT = "arn:aws:s3:::bucket/key"


@pytest.fixture(scope="module")
def evaluator() -> Iterator[Evaluator]:
    with Evaluator(ACCOUNT) as running:
        yield running


def policy(action: str, resource: str, **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def role(*policies: dict[str, Any], boundary: dict[str, Any] | None = None) -> Caller:
    return Caller("own", ROLE, {str(number): one for number, one in enumerate(policies)}, boundary)


def test_resource_decides(evaluator: Evaluator) -> None:
    caller = role(policy("rds:ModifyDBInstance", DATABASE))
    assert evaluator.is_allowed(caller, AuthorizationRequest("rds:ModifyDBInstance", DATABASE))
    assert not evaluator.is_allowed(caller, AuthorizationRequest("rds:ModifyDBInstance", DATABASE + "-2"))


@pytest.mark.parametrize(("value", "allowed"), [("own", True), ("another", False)])
def test_tag_of_the_resource_decides(evaluator: Evaluator, value: str, allowed: bool) -> None:
    caller = role(policy("rds:ModifyDBInstance", "*", Condition={"StringEquals": {TAG: "own"}}))
    assert evaluator.is_allowed(caller, AuthorizationRequest("rds:ModifyDBInstance", DATABASE, {TAG: value})) is allowed


def test_list_of_targets_is_compared_one_by_one(evaluator: Evaluator) -> None:
    condition = {"ForAllValues:ArnEquals": {"events:TargetArn": FUNCTION}, "Null": {"events:TargetArn": "false"}}
    caller = role(policy("events:PutTargets", RULE, Condition=condition))
    for targets, allowed in (([FUNCTION], True), ([FUNCTION, FUNCTION + "-2"], False), ([FUNCTION + "-2"], False)):
        assert (
            evaluator.is_allowed(caller, AuthorizationRequest("events:PutTargets", RULE, {"events:TargetArn": targets}))
            is allowed
        )


def test_asterisk_matches_a_slash(evaluator: Evaluator) -> None:
    caller = role(policy("s3:PutObject", "arn:aws:s3:::*-guid/*"))
    assert evaluator.is_allowed(caller, AuthorizationRequest("s3:PutObject", "arn:aws:s3:::bucket/x-guid/key"))


def test_bucket_policy_lets_in(evaluator: Evaluator) -> None:
    given = policy("s3:GetObject", OBJECT, Principal={"AWS": ROLE})
    assert evaluator.is_allowed(role(), AuthorizationRequest("s3:GetObject", OBJECT), given)
    assert not evaluator.is_allowed(role(), AuthorizationRequest("s3:GetObject", OBJECT))


def test_boundary_limits(evaluator: Evaluator) -> None:
    caller = role(policy("s3:GetObject", OBJECT), boundary=policy("s3:PutObject", "*"))
    assert not evaluator.is_allowed(caller, AuthorizationRequest("s3:GetObject", OBJECT))


def test_unknown_action_is_an_error(evaluator: Evaluator) -> None:
    with pytest.raises(EvaluationError):
        evaluator.is_allowed(role(policy("s3:GetObject", OBJECT)), AuthorizationRequest("s3:GetObjects", OBJECT))
