"""Stacks and the policies for them, for the tests of what a deployer may do."""

from typing import Any

from cli.analysis.updates.stack import stack
from cli.deployer_policy.place import Place
from cli.deployer_policy.policy import Needs, needs

Json = dict[str, Any]

PLACE = Place("shop", "eu-west-1")


def needs_of(resources: Json, place: Place = PLACE, **template: Any) -> Needs:
    """Return what a template with these resources takes; its parameters have their defaults."""
    whole = {"Resources": resources, **template}
    values = {name: body["Default"] for name, body in template.get("Parameters", {}).items() if "Default" in body}
    return needs(stack(whole, place.region, values), whole, values, place)


def granted(found: Needs) -> set[tuple[str, str]]:
    """Return every pair of an action and a resource that statements allow."""
    return {(action, where) for each in found.statements for action in each.actions for where in each.resources}


def resources_for(found: Needs, action: str) -> set[str]:
    """Return the resources on which an action is allowed."""
    return {where for name, where in granted(found) if name == action}


def role(service: str = "lambda.amazonaws.com", **properties: Any) -> Json:
    """Return a role that a service assumes."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, **properties}}
