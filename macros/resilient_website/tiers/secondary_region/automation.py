"""The unplanned switch as a runbook of AWS Systems Manager Automation, for those without the command line.

It is in the secondary half, and uses its Region's APIs only: promote the database, start the servers, turn DNS. It can
be started again after a failure. What follows (the active Region in the template) is in docs/switch.md.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, Sub, iam, ssm

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import Statement, role
from resilient_website.context import Context
from resilient_website.inline import select_origin

# Ends of logical ids.
DOCUMENT = "SwitchRunbook"
ROLE = "SwitchRunbookRole"

# Sources: "Data elements and parameters" (schema version of Automation) and "aws:executeScript" (runtimes, at most 600
# seconds) in the Systems Manager User Guide.
SCHEMA_VERSION = "0.3"
RUNTIME = "python3.11"
SCRIPT_SECONDS = 600

# A promotion waits for a running backup of the replica, a server for its boot: an hour and a half at most.
ATTEMPTS = 9
QUICK_ATTEMPTS = 3

# What a person has to write, so that a click too many loses nothing.
CONFIRMATION = "switch"

# The output of a runbook that can't turn visitors itself.
AFTERWARDS = "Visitors come here only after you have run the command that its last step returns, in AWS CloudShell."
COMMAND = {"Name": "Command", "Selector": "$.Payload.Command", "Type": "String"}

SCRIPTS = Path(__file__).with_name("runbook_scripts")


class Signal(NamedTuple):
    """The switch signal, `key` in `bucket`, which turns DNS."""

    bucket: Value
    key: str


class Store(NamedTuple):
    """The key value store by which CloudFront selects the active half's origin."""

    arn: Value


class Target(NamedTuple):
    """The half that takes over, by references to its resources.

    `database` is the DB instance's identifier, None without one. `size` are its servers while active. `turned_by`
    is what turns visitors here.
    """

    database: AWSHelperFn | None
    group: AWSHelperFn
    target_group: AWSHelperFn
    size: Value
    turned_by: Signal | Store


def build(context: Context, target: Target) -> tuple[AWSObject, ...]:
    """Return the runbook's role and the runbook."""
    made = _role(context, target)
    runbook = ssm.Document(
        context.id(DOCUMENT),
        DocumentType="Automation",
        DocumentFormat="JSON",
        # Otherwise an update of the content would replace the document.
        UpdateMethod="NewVersion",
        Content=_content(context, target, GetAtt(made, "Arn")),
    )
    return made, runbook


def _content(context: Context, target: Target, role_arn: AWSHelperFn) -> dict[str, Any]:
    """Return the Automation document's content."""
    afterwards = "" if isinstance(target.turned_by, Signal) else f" {AFTERWARDS}"
    return {
        "schemaVersion": SCHEMA_VERSION,
        "description": (
            f"Makes this Region's copy of the website {context.site} the active one, by this Region's APIs only. What "
            "was not replicated is lost: look at the database's ReplicaLag first. After a failure, start it again."
            f"{afterwards}"
        ),
        "assumeRole": role_arn,
        "parameters": {
            "Confirm": {
                "type": "String",
                "description": f"Write {CONFIRMATION}: what is not replicated is lost, and all visitors come here.",
                "allowedValues": [CONFIRMATION],
            }
        },
        "mainSteps": _steps(target),
    }


def _steps(target: Target) -> list[dict[str, Any]]:
    steps = []
    if target.database is not None:
        steps.append(_step("PromoteDatabase", "promote", ATTEMPTS, {"Database": target.database}))
    servers = {"Group": target.group, "TargetGroup": target.target_group, "Size": target.size}
    steps.append(_step("StartServers", "scale", ATTEMPTS, servers))
    steps.append(_turn(target.turned_by))
    return steps


def _turn(by: Signal | Store) -> dict[str, Any]:
    """Return the step that turns visitors, or that says how.

    The API of a key value store requires Signature Version 4A, for which boto3 needs the package awscrt; it is not
    documented that the runtime has it. Source: "About the CloudFront KeyValueStore", which names the requirement.
    """
    if isinstance(by, Signal):
        return _step("TurnDns", "turn", QUICK_ATTEMPTS, {"Bucket": by.bucket, "Key": by.key})
    wanted = {"Store": by.arn, "Key": select_origin.KEY, "Region": Ref("AWS::Region")}
    return {**_step("HowToTurn", "how_to_turn", QUICK_ATTEMPTS, wanted), "outputs": [COMMAND]}


def _step(name: str, script: str, attempts: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step with a script of `runbook_scripts`; a step that fails in all attempts ends the run."""
    inputs = {
        "Runtime": RUNTIME,
        "Handler": "handler",
        "Script": (SCRIPTS / f"{script}.py").read_text(encoding="utf-8"),
        "InputPayload": dict(payload),
    }
    return {
        "name": name,
        "action": "aws:executeScript",
        "timeoutSeconds": SCRIPT_SECONDS,
        "maxAttempts": attempts,
        "onFailure": "Abort",
        "inputs": inputs,
    }


def _role(context: Context, target: Target) -> iam.Role:
    """Return the role, which only executions of runbooks of this account and Region can assume."""
    executions = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:automation-execution/*"
    condition = {
        "StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")},
        "ArnLike": {"aws:SourceArn": Sub(executions)},
    }
    return role(context.id(ROLE), context.roles, "ssm", {"Switch": _statements(target)}, condition=condition)


def _statements(target: Target) -> list[Statement]:
    """Return what the document's role may do: read and resize the group, promote the database, write the signal."""
    # Actions that only describe take no resource. The id in the middle of a group's ARN is AWS's. Source: "Actions,
    # resources, and condition keys" of the three services in the Service Authorization Reference.
    seen = ["autoscaling:DescribeAutoScalingGroups", "elasticloadbalancing:DescribeTargetHealth"]
    group = Join("", [_arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/"), target.group])
    statements: list[Statement] = [
        allow(seen, "*"),
        allow(["autoscaling:ResumeProcesses", "autoscaling:UpdateAutoScalingGroup"], group),
    ]
    if isinstance(target.turned_by, Signal):
        signal = Join("", [Sub("arn:${AWS::Partition}:s3:::"), target.turned_by.bucket, f"/{target.turned_by.key}"])
        statements.append(allow("s3:PutObject", signal))
    if target.database is not None:
        database = Join("", [_arn("rds", "db:"), target.database])
        statements.append(allow(["rds:DescribeDBInstances", "rds:PromoteReadReplica"], database))
    return statements


def _arn(service: str, resource: str) -> AWSHelperFn:
    """Return the beginning of an ARN of this account and Region."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")
