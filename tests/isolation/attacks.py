"""A function turned on the neighbour: by properties, by tags, by a secret's value, by forged events.

The events are such as anybody may send who may invoke the function, or write a template that calls it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tests.isolation.function import Function
from tests.isolation.harness import Harness, Outcome
from tests.isolation.intruder import is_accepted
from tests.isolation.neighbour import state
from tests.isolation.own import STEPS, custom_resources, pending
from tests.isolation.stack import Stack
from tests.isolation.wire import Json

ORIGIN_TAG = "resilient-website:origin-secret"
REQUESTS = ("Create", "Update", "Delete")


@dataclass(frozen=True)
class Attack:
    """What a function of one's own was asked to do to the neighbour, and what came of it."""

    function: str
    how: str
    target: str
    denied: tuple[str, ...]
    reached: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether the neighbour has nothing to fear."""
        return not self.reached and not self.changed


def all_attacks(harness: Harness) -> Iterator[Attack]:
    """Yield every attack as it happens."""
    for name in custom_resources(harness.neighbour):
        yield from _forged(harness, name)
        yield from _by_properties(harness, name)
        yield from _forged_polls(harness, name)
    yield from _saved_pages(harness)
    yield from _rotations(harness)
    yield from _by_secret_value(harness)
    yield from _by_tags(harness)


def _own_function(harness: Harness, name: str) -> Function:
    """Return one's own function of the kind that the neighbour's resource calls."""
    return harness.function(harness.own.properties(_counterpart(harness, name))["ServiceToken"])


def _counterpart(harness: Harness, name: str) -> str:
    """Return one's own resource that is most like the neighbour's: logical ids may hold a name of the site's."""
    resources = harness.own.template["Resources"]
    kind = harness.neighbour.template["Resources"][name]["Type"]
    same = [own for own in custom_resources(harness.own) if resources[own]["Type"] == kind]
    return name if name in same else same[0]


def _forged(harness: Harness, name: str) -> Iterator[Attack]:
    """Send the very event that CloudFormation would send to the neighbour's function."""
    for request in REQUESTS:
        harness.neighbour.status = f"{request.upper()}_IN_PROGRESS"
        event = harness.event(harness.neighbour, name, request)
        yield _done(harness, _own_function(harness, name), f"forged {request}", name, [event])
    harness.neighbour.status = "UPDATE_COMPLETE"


def _by_properties(harness: Harness, name: str) -> Iterator[Attack]:
    """Have one's own resource, with the neighbour's properties and physical id."""
    theirs = harness.event(harness.neighbour, name, "Update")
    given = {"ResourceProperties": theirs["ResourceProperties"], "PhysicalResourceId": theirs["PhysicalResourceId"]}
    for request in REQUESTS:
        harness.own.status = f"{request.upper()}_IN_PROGRESS"
        changes = {**given, "OldResourceProperties": theirs["ResourceProperties"]} if request == "Update" else given
        event = harness.event(harness.own, _counterpart(harness, name), request, **changes)
        if request == "Create":
            del event["PhysicalResourceId"]
        yield _done(harness, _own_function(harness, name), f"properties, {request}", name, [event])
    harness.own.status = "UPDATE_COMPLETE"


def _forged_polls(harness: Harness, name: str) -> Iterator[Attack]:
    """Send what a rule of the function's would bring, with the neighbour's resources, and the name of its rule."""
    rule = harness.neighbour.guid
    rules = [f"arn:aws:events:eu-west-1:123456789012:rule/resilient-website-{rule}-0badcafe"]
    rules += [arn for arn, owner in harness.account.owners.items() if owner == "neighbour" and ":rule/" in arn]
    for request in REQUESTS:
        theirs = harness.event(harness.neighbour, name, request)
        data = {
            "Arn": theirs.get("PhysicalResourceId", ""),
            "PhysicalResourceId": theirs.get("PhysicalResourceId", ""),
            "HostedZoneId": harness.zones["neighbour"],
            "Requested": True,
            "Minutes": 1,
            "GiveUpAt": 0,
        }
        polled = {"CrHelperPoll": True, "CrHelperData": data, "CrHelperPermission": "their-permission"}
        events = [{**theirs, **polled, "CrHelperRule": one} for one in rules]
        yield _done(harness, _own_function(harness, name), f"forged poll of {request}", name, events)


def _saved_pages(harness: Harness) -> Iterator[Attack]:
    """Save to the neighbour's place, go back there, and copy the neighbour's source."""
    for stack, theirs in ((harness.own, harness.neighbour),):
        for _, rule in stack.of_type("AWS::Events::Rule"):
            for target in rule.get("Targets", []):
                if "Action" not in (event := json.loads(target.get("Input") or "{}")):
                    continue
                function = harness.function(target["Arn"])
                given = _schedule_of(theirs)
                for action in ("save", "go-back"):
                    yield _done(harness, function, action, "saved pages", [{**given, "Action": action}])
                mixed = {**event, "Site": {**event["Site"], "Source": given["Site"]["Source"]}}
                yield _done(harness, function, "copy", "source of saved pages", [mixed])


def _schedule_of(stack: Stack) -> Json:
    for _, rule in stack.of_type("AWS::Events::Rule"):
        for target in rule.get("Targets", []):
            if "Action" in (event := json.loads(target.get("Input") or "{}")):
                return dict(event)
    raise LookupError("no schedule")


def _rotations(harness: Harness) -> Iterator[Attack]:
    """Send a rotation's steps for the neighbour's secrets, which are in the midst of a rotation."""
    functions = {
        schedule["RotationLambdaARN"] for _, schedule in harness.own.of_type("AWS::SecretsManager::RotationSchedule")
    }
    for _, schedule in harness.neighbour.of_type("AWS::SecretsManager::RotationSchedule"):
        secret = schedule["SecretId"]
        version = pending(harness, harness.neighbour, secret)
        harness.last_seen = {}
        for arn in sorted(functions):
            events = [{"Step": step, "SecretId": secret, "ClientRequestToken": version} for step in STEPS]
            yield _done(harness, harness.function(arn), "rotation", secret.rpartition(":")[2], events)


def _by_secret_value(harness: Harness) -> Iterator[Attack]:
    """Write the neighbour's database into one's own secret, and have it rotated."""
    secrets = harness.account.client("secretsmanager", harness.own.region)
    theirs = next(harness.neighbour.of_type("AWS::SecretsManager::SecretTargetAttachment"))[1]["TargetId"]
    for _, attached in harness.own.of_type("AWS::SecretsManager::SecretTargetAttachment"):
        secret = attached["SecretId"]
        kept = secrets.get_secret_value(SecretId=secret)["SecretString"]
        value = json.dumps({**json.loads(kept), "dbInstanceIdentifier": theirs})
        secrets.put_secret_value(SecretId=secret, SecretString=value)
        yield _done(harness, _rotator(harness, secret), "secret's value", theirs, _rotation(harness, secret))
        secrets.put_secret_value(SecretId=secret, SecretString=kept)


def _by_tags(harness: Harness) -> Iterator[Attack]:
    """Have the neighbour's load balancer and distribution say that they use one's own secret, and rotate that."""
    for _, schedule in harness.own.of_type("AWS::SecretsManager::RotationSchedule"):
        secret, region = schedule["SecretId"], harness.own.region
        arns = [arn for arn, owner in harness.account.owners.items() if owner == "neighbour"]
        balancers = [arn for arn in arns if ":loadbalancer/" in arn]
        tag = [{"Key": ORIGIN_TAG, "Value": secret}]
        harness.account.client("elbv2", region).add_tags(ResourceArns=balancers, Tags=tag)
        for arn in arns:
            if ":distribution/" in arn:
                cloudfront = harness.account.client("cloudfront", "us-east-1")
                cloudfront.tag_resource(Resource=arn, Tags={"Items": tag})
        harness.last_seen = {}
        yield _done(harness, _rotator(harness, secret), "tags", "places of the header", _rotation(harness, secret))


def _rotator(harness: Harness, secret: str) -> Function:
    schedules = harness.own.of_type("AWS::SecretsManager::RotationSchedule")
    return harness.function(next(one["RotationLambdaARN"] for _, one in schedules if one["SecretId"] == secret))


def _rotation(harness: Harness, secret: str) -> list[Json]:
    version = pending(harness, harness.own, secret)
    return [{"Step": step, "SecretId": secret, "ClientRequestToken": version} for step in STEPS]


def _reached(function: Function, outcome: Outcome) -> list[str]:
    """Return the requests that went through to the neighbour's resources, apart from what the reviewed list has."""
    return [
        f"{request.name} {' '.join(request.resources)}"
        for request in outcome.requests
        if request.allowed and "neighbour" in request.owners
        if not all(is_accepted(function.role, action) for action in request.actions)
    ]


def _done(harness: Harness, function: Function, how: str, target: str, events: list[Json]) -> Attack:
    before = _seen(harness)
    outcomes: list[Outcome] = [harness.send(function, event, polls=1) for event in events]
    after = _seen(harness)
    return Attack(
        function.name,
        how,
        target,
        tuple(dict.fromkeys(denied for outcome in outcomes for denied in outcome.denied)),
        tuple(dict.fromkeys(reached for outcome in outcomes for reached in _reached(function, outcome))),
        tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name))),
    )


def _seen(harness: Harness) -> Json:
    """Return the neighbour's state: the last one that was seen, if functions' requests have only read since."""
    changes = harness.changes
    if not harness.last_seen or changes != harness.changes_until_then:
        harness.last_seen, harness.changes_until_then = state(harness), changes
    return harness.last_seen
