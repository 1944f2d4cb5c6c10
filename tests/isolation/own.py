"""What every function does for its own stack: each request of CloudFormation's, Secrets Manager's or a rule's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.isolation.function import Function
from tests.isolation.harness import Harness, Outcome, as_text
from tests.isolation.stack import Stack
from tests.isolation.wire import Json

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
CUSTOM = "Custom::"


@dataclass(frozen=True)
class Row:
    """One request on the function's own stack, and what was wrong with it."""

    function: str
    what: str
    target: str
    requests: int
    problems: tuple[str, ...]


def create_all(harness: Harness, stack: Stack) -> Iterator[Row]:
    """Create a stack's custom resources in the order of their references."""
    stack.status = "CREATE_IN_PROGRESS"
    for name in _in_order(stack):
        yield _sent(harness, stack, name, "Create")


def update_all(harness: Harness, stack: Stack) -> Iterator[Row]:
    """Update every custom resource: once with the same properties, as after a failed update, and once with others."""
    for name in _in_order(stack):
        stack.status = "UPDATE_IN_PROGRESS"
        yield _sent(harness, stack, name, "Update")
        # Other properties, and back, as when an update is rolled back.
        stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"
        for changes in _changed(stack, name):
            yield _sent(harness, stack, name, "Update", **changes)


def delete_all(harness: Harness, stack: Stack) -> Iterator[Row]:
    """Delete the custom resources in the opposite order."""
    stack.status = "DELETE_IN_PROGRESS"
    for name in reversed(_in_order(stack)):
        yield _sent(harness, stack, name, "Delete")


def rotate_all(harness: Harness, stack: Stack) -> Iterator[Row]:
    """Rotate every secret that has a schedule, step by step."""
    for _, schedule in stack.of_type("AWS::SecretsManager::RotationSchedule"):
        function, secret = harness.function(schedule["RotationLambdaARN"]), schedule["SecretId"]
        version = pending(harness, stack, secret)
        for step in STEPS:
            outcome = harness.send(function, {"Step": step, "SecretId": secret, "ClientRequestToken": version})
            yield _row(function, step, secret.rpartition(":")[2], outcome, _problems(outcome))
        now = harness.account.client("secretsmanager", stack.region).describe_secret(SecretId=secret)
        if "AWSCURRENT" not in now["VersionIdsToStages"].get(version, []):
            yield Row(function.name, "finishSecret", secret, 0, ("the new version did not become current",))


def scheduled(harness: Harness, stack: Stack) -> Iterator[Row]:
    """Save by the schedule, and go back, as an operator may ask for."""
    for _, rule in stack.of_type("AWS::Events::Rule"):
        for target in rule.get("Targets", []):
            if target.get("Input") and target["Arn"] in {function.arn for function in harness.functions()}:
                function, event = harness.function(target["Arn"]), json.loads(target["Input"])
                for action in ("save", "save", "go-back"):
                    outcome = harness.send(function, {**event, "Action": action})
                    problems = _problems(outcome)
                    if not (outcome.runs[0].result or {}).get("Version"):
                        problems.append(f"no version came of it: {outcome.runs[0].result}")
                    yield _row(function, action, "saved pages", outcome, problems)


def pending(harness: Harness, stack: Stack, secret: str) -> str:
    """Start a rotation as Secrets Manager does: a version without a value. Return its id."""
    return str(harness.account.client("secretsmanager", stack.region).rotate_secret(SecretId=secret)["VersionId"])


def custom_resources(stack: Stack) -> list[str]:
    """Return the logical ids of a stack's custom resources."""
    return [name for name, body in stack.template["Resources"].items() if body["Type"].startswith(CUSTOM)]


def _in_order(stack: Stack) -> list[str]:
    """Return the custom resources, each after those that it refers to or waits for."""
    resources, done = stack.template["Resources"], []
    names = custom_resources(stack)
    seen: set[str] = set()

    def visit(name: str) -> None:
        seen.add(name)
        for other in _mentioned(resources[name]):
            if other in resources and other not in seen:
                visit(other)
        if name in names:
            done.append(name)

    for name in names:
        if name not in seen:
            visit(name)
    return done


def _mentioned(node: Any) -> Iterator[str]:
    """Yield every text in a resource that may be a logical id: what Ref, GetAtt, Sub and DependsOn name."""
    if isinstance(node, dict):
        for key, part in node.items():
            yield from _mentioned(part) if key != "TemplateBody" else ()
    elif isinstance(node, list):
        for part in node:
            yield from _mentioned(part)
    elif isinstance(node, str):
        yield node.partition(".")[0]


def _changed(stack: Stack, name: str) -> Iterator[Json]:
    """Yield what events have in which properties change: other old ones, or other new ones and then those of before."""
    properties = as_text(stack.properties(name))
    tagged = {**properties, "Tags": [{"Key": "Team", "Value": "pages"}]}
    match stack.template["Resources"][name]["Type"]:
        case "Custom::FallbackSite":
            yield {"OldResourceProperties": {**properties, "Title": "Before"}}
        case "Custom::UpdateProtection":
            gone = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Delete"}
            yield {"OldResourceProperties": {**properties, "Stores": {**properties["Stores"], "Gone": gone}}}
        case "Custom::Certificate" | "Custom::RemoteStack":
            yield {"ResourceProperties": tagged}
            yield {"OldResourceProperties": tagged}


def _sent(harness: Harness, stack: Stack, name: str, request: str, **changes: Any) -> Row:
    function = harness.function(stack.properties(name)["ServiceToken"])
    event = harness.event(stack, name, request, **changes)
    stack.statuses[name] = f"{request.upper()}_IN_PROGRESS"
    outcome = harness.send(function, event)
    stack.statuses[name] = f"{request.upper()}_COMPLETE"
    problems = _problems(outcome)
    statuses = [answer["Status"] for answer in outcome.answers]
    if statuses != ["SUCCESS"]:
        reasons = "; ".join(str(answer.get("Reason")) for answer in outcome.answers)
        problems.append(f"answered {statuses or 'nothing'}: {reasons}")
    if outcome.answers:
        stack.physical_ids[name] = outcome.answers[-1]["PhysicalResourceId"]
        if request != "Delete":
            stack.outputs[name] = outcome.answers[-1]["Data"]
            note_owner(harness, stack, outcome)
    return _row(function, request, name, outcome, problems)


def note_owner(harness: Harness, stack: Stack, outcome: Outcome) -> None:
    """Note what a function has made for its stack: certificates, stacks in other Regions and their buckets."""
    for answer in outcome.answers:
        made = str(answer["PhysicalResourceId"])
        if made.startswith("arn:"):
            harness.account.own(made, stack.name)
        if bucket := answer["Data"].get("BucketName"):
            harness.account.own(f"arn:aws:s3:::{bucket}", stack.name)


def _problems(outcome: Outcome) -> list[str]:
    errors = [run.error for run in outcome.runs if run.error]
    return [*errors, *(f"denied: {denied}" for denied in dict.fromkeys(outcome.denied))]


def _row(function: Function, what: str, target: str, outcome: Outcome, problems: list[str]) -> Row:
    return Row(function.name, what, target, len(outcome.requests), tuple(problems))
