"""Builds a function with its role, its log group, and the polling rule if it needs one.

Resilient because Lambda runs it in any available zone; safe because its role covers only this stack's resources.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, awslambda, iam, logs

from resilient_website.cloudformation.iam_documents import allow, document
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import RoleOptions, role
from resilient_website.cloudformation.stack_identity import PREFIX, STACK_ID, with_guid
from resilient_website.cloudformation.troposphere_patches import LoggingConfig
from resilient_website.facts.runtimes import PYTHON
from resilient_website.functions.code import FunctionCode
from resilient_website.functions.kind import FunctionKind

ARCHITECTURE = "x86_64"


class Options(NamedTuple):
    """Settings of a site for the functions that it shares with others."""

    code: FunctionCode
    roles: RoleOptions
    retention_days: Value


def build(kind: FunctionKind, options: Options) -> tuple[AWSObject, ...]:
    """Return the log group, role and function of a kind, and their supporting resources."""
    log_group = logs.LogGroup(
        kind.log_group,
        RetentionInDays=options.retention_days,
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
    )
    own_role = _role(kind, options)
    function = awslambda.Function(
        kind.function,
        Description=kind.description,
        Runtime=PYTHON,
        Architectures=[ARCHITECTURE],
        Handler="index.handler",
        **_code(options.code.properties(kind.package)),
        Timeout=kind.timeout,
        MemorySize=kind.memory,
        Role=GetAtt(own_role, "Arn"),
        LoggingConfig=LoggingConfig(LogFormat="JSON", LogGroup=Ref(log_group)),
        Environment=awslambda.Environment(Variables={"STACK_ID": STACK_ID, **dict(kind.variables)}),
    )
    passed_on = (make(options.roles) for make in kind.roles)
    return log_group, *passed_on, own_role, function, *_polling(kind), *_permission(kind)


def _code(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {**properties, "Code": awslambda.Code(**properties["Code"])}


def _role(kind: FunctionKind, options: Options) -> iam.Role:
    write_logs = allow(["logs:CreateLogStream", "logs:PutLogEvents"], GetAtt(kind.log_group, "Arn"))
    policies: dict[str, Sequence[Mapping[str, Any]]] = {"WriteLogs": [write_logs], "OwnStack": kind.statements}
    return role(kind.role, options.roles, "lambda", policies)


def _polling(kind: FunctionKind) -> tuple[AWSObject, ...]:
    """Return the permission for a polling rule of this stack: not in the role, since it refers to the function."""
    if not kind.polls:
        return ()
    rules = with_guid(f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/{PREFIX}${{Guid}}-*")
    function = GetAtt(kind.function, "Arn")
    statements = (
        allow(["events:PutRule", "events:RemoveTargets", "events:DeleteRule"], rules),
        allow("events:PutTargets", rules, _only_target(function)),
        allow("lambda:AddPermission", function, {"StringEquals": {"lambda:Principal": "events.amazonaws.com"}}),
        allow("lambda:RemovePermission", function),
    )
    policy = iam.PolicyType(
        f"{kind.name}Polling", PolicyName="Poll", Roles=[Ref(kind.role)], PolicyDocument=document(*statements)
    )
    return (policy,)


def _only_target(function: AWSHelperFn) -> dict[str, dict[str, Any]]:
    """Return the condition that all targets of a request are one function.

    A request has a list of targets, for which ArnEquals alone is not enough; without the second condition, an empty
    list would pass. Source: "Multivalued context keys" in the IAM User Guide.
    """
    return {"ForAllValues:ArnEquals": {"events:TargetArn": function}, "Null": {"events:TargetArn": "false"}}


def _permission(kind: FunctionKind) -> tuple[AWSObject, ...]:
    """Return the permission for the service that invokes the function, limited to this account."""
    if kind.invoked_by is None:
        return ()
    permission = awslambda.Permission(
        f"{kind.name}Permission",
        Action="lambda:InvokeFunction",
        FunctionName=Ref(kind.function),
        Principal=kind.invoked_by,
        SourceAccount=Ref("AWS::AccountId"),
    )
    return (permission,)
