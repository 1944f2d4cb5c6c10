"""The permissions of the caller of CloudFormation: for the stack, the macro and a service role.

Source: "Control CloudFormation access with IAM" and "CloudFormation service role" in the CloudFormation User Guide.
"""

from collections.abc import Mapping
from typing import Any

from cli.deployer_policy.place import Place
from cli.deployer_policy.scopes import INVOKE, PASS_ROLE
from cli.deployer_policy.statements import VERSION, Json, Statement, allowed

SERVICE = "cloudformation.amazonaws.com"

# Of the installer's template: its logical id is in the name that CloudFormation gives the function.
MACRO_FUNCTION = "function:*-MacroFunction-*"

ON_THE_STACK = tuple(
    f"cloudformation:{name}"
    for name in (
        "CancelUpdateStack",
        "ContinueUpdateRollback",
        "CreateChangeSet",
        "CreateStack",
        "DeleteChangeSet",
        "DeleteStack",
        "DescribeChangeSet",
        "DescribeEvents",
        "DescribeStackEvents",
        "DescribeStackResource",
        "DescribeStackResources",
        "DescribeStacks",
        "ExecuteChangeSet",
        "GetStackPolicy",
        "GetTemplate",
        "GetTemplateSummary",
        "ListChangeSets",
        "ListStackResources",
        "RollbackStack",
        "SetStackPolicy",
        "TagResource",
        "UntagResource",
        "UpdateStack",
        "UpdateTerminationProtection",
    )
)
# These apply to a template, not to a stack.
ON_TEMPLATES = ("cloudformation:GetTemplateSummary", "cloudformation:ValidateTemplate")


def stack_statements(place: Place) -> list[Statement]:
    """Return what is needed to run CloudFormation for one stack, or for all that match the place's name."""
    stack = place.arn("cloudformation", f"stack/{place.stack_name}/*")
    return [*allowed("Stack", ON_THE_STACK, [stack]), *allowed("Templates", ON_TEMPLATES, ["*"])]


def macro_statements(template: Mapping[str, Any], macro: str, function: str | None, place: Place) -> list[Statement]:
    """Return what is needed to run a template's macros; `function` is the ARN of our macro's, if known.

    AWS's own transforms need CreateChangeSet on the transform itself; a macro needs permission to invoke its function.
    Source: "AWS CloudFormation macros", permissions.
    """
    named = template.get("Transform") or []
    entries = named if isinstance(named, list) else [named]
    names = {str(entry.get("Name") if isinstance(entry, Mapping) else entry) for entry in entries}
    ours = [function or place.arn("lambda", MACRO_FUNCTION)] if macro in names else []
    transforms = [
        f"arn:aws:cloudformation:{place.region}:aws:transform/{name.removeprefix('AWS::')}"
        for name in names
        if name.startswith("AWS::")
    ]
    return [
        *allowed("Macro", {INVOKE}, ours),
        *allowed("Transforms", {"cloudformation:CreateChangeSet"}, transforms),
    ]


def pass_statements(role: str) -> list[Statement]:
    """Return what is needed to pass a service role to CloudFormation, by its ARN."""
    condition = {"StringEquals": {"iam:PassedToService": SERVICE}}
    return allowed("PassServiceRole", {PASS_ROLE}, [role], condition)


def trust_policy(place: Place) -> Json:
    """Return the trust policy of a service role: CloudFormation assumes it, for this account's stacks only.

    Source: "Cross-service confused deputy prevention" in the CloudFormation User Guide.
    """
    trust: Json = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}
    if place.account != "*":
        trust["Condition"] = {"StringEquals": {"aws:SourceAccount": place.account}}
    return {"Version": VERSION, "Statement": [trust]}
