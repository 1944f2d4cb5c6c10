"""Listener rules of a load balancer: which values of a header they accept."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import RuleConditionOutputTypeDef, RuleConditionUnionTypeDef


@dataclass(frozen=True)
class Rule:
    """A rule with a condition on the header; `values` are those that it accepts."""

    arn: str
    conditions: "tuple[RuleConditionOutputTypeDef, ...]"
    values: tuple[str, ...]


def with_header(load_balancing: "ElasticLoadBalancingv2Client", load_balancer_arn: str, header: str) -> list[Rule]:
    """Return the rules of all of a load balancer's listeners that have an http-header condition on the header."""
    listeners = load_balancing.get_paginator("describe_listeners").paginate(LoadBalancerArn=load_balancer_arn)
    found = []
    for listener_arn in [listener["ListenerArn"] for page in listeners for listener in page["Listeners"]]:
        for page in load_balancing.get_paginator("describe_rules").paginate(ListenerArn=listener_arn):
            for rule in page["Rules"]:
                values = [value for condition in rule.get("Conditions", []) for value in _values(condition, header)]
                if values:
                    found.append(Rule(rule["RuleArn"], tuple(rule["Conditions"]), tuple(values)))
    return found


def accept(load_balancing: "ElasticLoadBalancingv2Client", rule: Rule, header: str, values: list[str]) -> None:
    """Make a rule accept these values of the header; its other conditions stay."""
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
    """Return a condition as ModifyRule takes it: it is described twice, as Values and as a Config, and refused so."""
    has_config = any(name.endswith("Config") for name in condition)
    kept = {name: value for name, value in condition.items() if value and not (has_config and name == "Values")}
    return cast("RuleConditionUnionTypeDef", kept)
