"""Reads and changes the values of a header that a load balancer's listener rule accepts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import RuleConditionOutputTypeDef, RuleConditionUnionTypeDef


@dataclass(frozen=True)
class Rule:
    """A listener rule; `values` are the header's values that it accepts."""

    arn: str
    conditions: "tuple[RuleConditionOutputTypeDef, ...]"
    values: tuple[str, ...]


def read(load_balancing: "ElasticLoadBalancingv2Client", arn: str, header: str) -> Rule:
    """Return a rule with the header's values that it accepts; none if it has no condition on the header."""
    (rule,) = load_balancing.describe_rules(RuleArns=[arn])["Rules"]
    conditions = tuple(rule.get("Conditions", []))
    return Rule(arn, conditions, tuple(value for condition in conditions for value in _values(condition, header)))


def accept(load_balancing: "ElasticLoadBalancingv2Client", rule: Rule, header: str, values: list[str]) -> None:
    """Make a rule accept these values of the header; its other conditions are kept."""
    conditions = [
        _with_values(condition, values) if _values(condition, header) else _as_request(condition)
        for condition in rule.conditions
    ]
    load_balancing.modify_rule(RuleArn=rule.arn, Conditions=conditions)


def _values(condition: "RuleConditionOutputTypeDef", header: str) -> list[str]:
    config = condition.get("HttpHeaderConfig", {})
    same = config.get("HttpHeaderName", "").lower() == header.lower()
    return config.get("Values", []) if condition.get("Field") == "http-header" and same else []


def _with_values(condition: "RuleConditionOutputTypeDef", values: list[str]) -> "RuleConditionUnionTypeDef":
    config = condition["HttpHeaderConfig"]
    return {"Field": "http-header", "HttpHeaderConfig": {**config, "Values": values}}


def _as_request(condition: "RuleConditionOutputTypeDef") -> "RuleConditionUnionTypeDef":
    """Return a condition as ModifyRule accepts it: it rejects Values beside a Config, as DescribeRules returns them."""
    has_config = any(name.endswith("Config") for name in condition)
    kept = {name: value for name, value in condition.items() if value and not (has_config and name == "Values")}
    return cast("RuleConditionUnionTypeDef", kept)
