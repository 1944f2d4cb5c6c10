"""Restricts the roles of a flat template to its own stack's resources.

The installer's roles serve every site of an account. Those of a flat template serve the sites beside them, whose names
are known here; the tag does the rest (see STACK in flat_template).
"""

from collections.abc import Mapping
from typing import Any

from launch.rewriting import rewritten

Json = dict[str, Any]

STACK = {"Ref": "AWS::StackId"}
STACK_TAG = "aws:ResourceTag/resilient-website:stack-id"

ANY_STACK = "arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/*"
ANY_ZONE = "arn:${AWS::Partition}:route53:::hostedzone/*"
ANY_RULE = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*Certificate*"
ANY_LISTENER_RULE = "arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:listener-rule/app/*"


def narrowed(functions: Mapping[str, Json], site: Mapping[str, Json]) -> dict[str, Json]:
    """Return the functions' resources with their permissions restricted to what the site's resources need.

    A resource that is there under a condition only can't be named in a role that is always there: then the permission
    stays as wide as the installer's.
    """
    certificates = _of_type(site, "Custom::Certificate")
    rules = _of_type(site, "AWS::ElasticLoadBalancingV2::ListenerRule")
    wide: dict[str, Any] = {
        ANY_STACK: STACK,
        ANY_ZONE: [
            _below("hostedzone/*", ANY_ZONE, body["Properties"]["HostedZoneId"]) for body in certificates.values()
        ],
        # crhelper names a rule after the resource that it polls for, with some letters more.
        ANY_RULE: [{"Fn::Sub": ANY_RULE.replace("*Certificate*", f"{name}*")} for name in certificates],
        ANY_LISTENER_RULE: [{"Ref": name} for name in rules],
    }

    def restricted(value: Json) -> Any:
        if value == {"Null": {STACK_TAG: "false"}}:
            return {"StringEquals": {STACK_TAG: STACK}}
        if value.keys() == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
            return wide.get(value["Fn::Sub"]) or value
        return value

    return {name: rewritten(body, restricted) for name, body in functions.items()}


def _of_type(site: Mapping[str, Json], kind: str) -> dict[str, Json]:
    """Return the resources of a type; none of them if one is there under a condition only."""
    found = {name: body for name, body in site.items() if body["Type"] == kind}
    return {} if any("Condition" in body for body in found.values()) else found


def _below(ending: str, arn: str, name: Any) -> Json:
    """Return the ARN with a name, literal or intrinsic, in the place of the wildcard."""
    kind = ending.removesuffix("*")
    if isinstance(name, str):
        return {"Fn::Sub": arn.removesuffix(ending) + kind + name}
    return {"Fn::Sub": [arn.removesuffix(ending) + kind + "${Name}", {"Name": name}]}
