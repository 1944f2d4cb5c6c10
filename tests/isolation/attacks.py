"""A function turned on the neighbour: by properties, by tags, by a secret's value, by forged events.

The events are such as anybody may send who may invoke the function, or write a template that calls it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tests.isolation.bed import Bed, Outcome
from tests.isolation.function import Function
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


def all_attacks(bed: Bed) -> Iterator[Attack]:
    """Yield every attack as it happens."""
    for name in custom_resources(bed.neighbour):
        yield from _forged(bed, name)
        yield from _by_properties(bed, name)
        yield from _forged_polls(bed, name)
    yield from _saved_pages(bed)
    yield from _rotations(bed)
    yield from _by_secret_value(bed)
    yield from _by_tags(bed)


def _own_function(bed: Bed, name: str) -> Function:
    """Return one's own function of the kind that the neighbour's resource calls."""
    return bed.function(bed.own.properties(_counterpart(bed, name))["ServiceToken"])


def _counterpart(bed: Bed, name: str) -> str:
    """Return one's own resource that is most like the neighbour's: logical ids may hold a name of the site's."""
    resources = bed.own.template["Resources"]
    kind = bed.neighbour.template["Resources"][name]["Type"]
    same = [own for own in custom_resources(bed.own) if resources[own]["Type"] == kind]
    return name if name in same else same[0]


def _forged(bed: Bed, name: str) -> Iterator[Attack]:
    """Send the very event that CloudFormation would send to the neighbour's function."""
    for request in REQUESTS:
        bed.neighbour.status = f"{request.upper()}_IN_PROGRESS"
        event = bed.event(bed.neighbour, name, request)
        yield _done(bed, _own_function(bed, name), f"forged {request}", name, [event])
    bed.neighbour.status = "UPDATE_COMPLETE"


def _by_properties(bed: Bed, name: str) -> Iterator[Attack]:
    """Have one's own resource, with the neighbour's properties and physical id."""
    theirs = bed.event(bed.neighbour, name, "Update")
    given = {"ResourceProperties": theirs["ResourceProperties"], "PhysicalResourceId": theirs["PhysicalResourceId"]}
    for request in REQUESTS:
        bed.own.status = f"{request.upper()}_IN_PROGRESS"
        changes = {**given, "OldResourceProperties": theirs["ResourceProperties"]} if request == "Update" else given
        event = bed.event(bed.own, _counterpart(bed, name), request, **changes)
        if request == "Create":
            del event["PhysicalResourceId"]
        yield _done(bed, _own_function(bed, name), f"properties, {request}", name, [event])
    bed.own.status = "UPDATE_COMPLETE"


def _forged_polls(bed: Bed, name: str) -> Iterator[Attack]:
    """Send what a rule of the function's would bring, with the neighbour's things, and the name of its rule."""
    rule = bed.neighbour.guid
    rules = [f"arn:aws:events:eu-west-1:123456789012:rule/resilient-website-{rule}-0badcafe"]
    rules += [arn for arn, owner in bed.account.owners.items() if owner == "neighbour" and ":rule/" in arn]
    for request in REQUESTS:
        theirs = bed.event(bed.neighbour, name, request)
        data = {
            "Arn": theirs.get("PhysicalResourceId", ""),
            "PhysicalResourceId": theirs.get("PhysicalResourceId", ""),
            "HostedZoneId": bed.zones["neighbour"],
            "Requested": True,
            "Minutes": 1,
            "GiveUpAt": 0,
        }
        polled = {"CrHelperPoll": True, "CrHelperData": data, "CrHelperPermission": "their-permission"}
        events = [{**theirs, **polled, "CrHelperRule": one} for one in rules]
        yield _done(bed, _own_function(bed, name), f"forged poll of {request}", name, events)


def _saved_pages(bed: Bed) -> Iterator[Attack]:
    """Save to the neighbour's place, go back there, and copy the neighbour's source."""
    for stack, theirs in ((bed.own, bed.neighbour),):
        for _, rule in stack.of_type("AWS::Events::Rule"):
            for target in rule.get("Targets", []):
                if "Action" not in (event := json.loads(target.get("Input") or "{}")):
                    continue
                function = bed.function(target["Arn"])
                given = _schedule_of(theirs)
                for action in ("save", "go-back"):
                    yield _done(bed, function, action, "saved pages", [{**given, "Action": action}])
                mixed = {**event, "Site": {**event["Site"], "Source": given["Site"]["Source"]}}
                yield _done(bed, function, "copy", "source of saved pages", [mixed])


def _schedule_of(stack: Stack) -> Json:
    for _, rule in stack.of_type("AWS::Events::Rule"):
        for target in rule.get("Targets", []):
            if "Action" in (event := json.loads(target.get("Input") or "{}")):
                return dict(event)
    raise LookupError("no schedule")


def _rotations(bed: Bed) -> Iterator[Attack]:
    """Send a rotation's steps for the neighbour's secrets, which are in the midst of a rotation."""
    functions = {
        schedule["RotationLambdaARN"] for _, schedule in bed.own.of_type("AWS::SecretsManager::RotationSchedule")
    }
    for _, schedule in bed.neighbour.of_type("AWS::SecretsManager::RotationSchedule"):
        secret = schedule["SecretId"]
        version = pending(bed, bed.neighbour, secret)
        bed.last_seen = {}
        for arn in sorted(functions):
            events = [{"Step": step, "SecretId": secret, "ClientRequestToken": version} for step in STEPS]
            yield _done(bed, bed.function(arn), "rotation", secret.rpartition(":")[2], events)


def _by_secret_value(bed: Bed) -> Iterator[Attack]:
    """Write the neighbour's database into one's own secret, and have it rotated."""
    secrets = bed.account.client("secretsmanager", bed.own.region)
    theirs = next(bed.neighbour.of_type("AWS::SecretsManager::SecretTargetAttachment"))[1]["TargetId"]
    for _, attached in bed.own.of_type("AWS::SecretsManager::SecretTargetAttachment"):
        secret = attached["SecretId"]
        kept = secrets.get_secret_value(SecretId=secret)["SecretString"]
        value = json.dumps({**json.loads(kept), "dbInstanceIdentifier": theirs})
        secrets.put_secret_value(SecretId=secret, SecretString=value)
        yield _done(bed, _rotator(bed, secret), "secret's value", theirs, _rotation(bed, secret))
        secrets.put_secret_value(SecretId=secret, SecretString=kept)


def _by_tags(bed: Bed) -> Iterator[Attack]:
    """Have the neighbour's load balancer and distribution say that they use one's own secret, and rotate that."""
    for _, schedule in bed.own.of_type("AWS::SecretsManager::RotationSchedule"):
        secret, region = schedule["SecretId"], bed.own.region
        arns = [arn for arn, owner in bed.account.owners.items() if owner == "neighbour"]
        balancers = [arn for arn in arns if ":loadbalancer/" in arn]
        tag = [{"Key": ORIGIN_TAG, "Value": secret}]
        bed.account.client("elbv2", region).add_tags(ResourceArns=balancers, Tags=tag)
        for arn in arns:
            if ":distribution/" in arn:
                cloudfront = bed.account.client("cloudfront", "us-east-1")
                cloudfront.tag_resource(Resource=arn, Tags={"Items": tag})
        bed.last_seen = {}
        yield _done(bed, _rotator(bed, secret), "tags", "places of the header", _rotation(bed, secret))


def _rotator(bed: Bed, secret: str) -> Function:
    schedules = bed.own.of_type("AWS::SecretsManager::RotationSchedule")
    return bed.function(next(one["RotationLambdaARN"] for _, one in schedules if one["SecretId"] == secret))


def _rotation(bed: Bed, secret: str) -> list[Json]:
    version = pending(bed, bed.own, secret)
    return [{"Step": step, "SecretId": secret, "ClientRequestToken": version} for step in STEPS]


def _reached(function: Function, outcome: Outcome) -> list[str]:
    """Return the requests that went through to the neighbour's things, apart from what the reviewed list has."""
    return [
        f"{request.name} {' '.join(request.resources)}"
        for request in outcome.requests
        if request.allowed and "neighbour" in request.owners
        if not all(is_accepted(function.role, action) for action in request.actions)
    ]


def _done(bed: Bed, function: Function, how: str, target: str, events: list[Json]) -> Attack:
    before = bed.last_seen or state(bed)
    outcomes: list[Outcome] = [bed.send(function, event, polls=1) for event in events]
    bed.last_seen = after = state(bed)
    return Attack(
        function.name,
        how,
        target,
        tuple(dict.fromkeys(denied for outcome in outcomes for denied in outcome.denied)),
        tuple(dict.fromkeys(reached for outcome in outcomes for reached in _reached(function, outcome))),
        tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name))),
    )
