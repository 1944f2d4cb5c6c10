"""An intruder who runs their own code in a function: does the role allow anything on the neighbour's resources?

Every action that a role's statements name is tried on every resource of the neighbour, with the best choice of what an
intruder can choose: the request's condition keys match the statement. The resource's tags are as they are.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.isolation.account import ACCOUNT
from tests.isolation.evaluator import AuthorizationRequest, Caller, EvaluationError
from tests.isolation.harness import Harness
from tests.isolation.wire import Json
from tools.repository import ROOT

ACCEPTED = ROOT / "tests" / "isolation" / "accepted.toml"
TAGS = "aws:resourcetag/"
# What the evaluator says about an action that has no such resource, or none at all.
NOT_ABOUT_IT = ("no.resource.types", "must.use.wildcard", "invalid.resource", "multiple.resource.types")


@dataclass(frozen=True)
class Accepted:
    """What a role may do to everybody's resources, and why that is so."""

    role: str
    action: str
    reason: str


@dataclass(frozen=True)
class Tried:
    """What a role may do to the neighbour's resources: by action, those that it reaches, and how many were tried."""

    role: str
    count: int
    reached: tuple[tuple[str, str], ...]


@cache
def accepted() -> list[Accepted]:
    """Return the reviewed list of what may be reached."""
    entries = tomllib.loads(ACCEPTED.read_text(encoding="utf-8")).get("accepted", [])
    return [Accepted(entry["role"], entry["action"], entry["reason"]) for entry in entries]


def is_accepted(role: str, action: str) -> Accepted | None:
    """Return the entry of the reviewed list that covers an action of a role, if there is one."""
    return next((one for one in accepted() if one.role == role and one.action == action), None)


def try_all(harness: Harness) -> Iterator[Tried]:
    """Try every action of every role of one's own on every resource of the neighbour's."""
    deployed_resources = list(_deployed_resources(harness))
    # Actions that do not apply to such a resource, for any role.
    foreign: set[tuple[str, str]] = set()
    for role, _ in harness.own.of_type("AWS::IAM::Role"):
        caller = harness.own.caller(role)
        count, reached = 0, []
        for action, context in sorted(_actions(caller).items()):
            for arn, tags in deployed_resources:
                if not _may_fit(action, arn) or (action, _sort(arn)) in foreign:
                    continue
                allowed = _is_allowed(
                    harness, caller, AuthorizationRequest(action, arn, {**context, **tags, **_sent_to(arn)})
                )
                if allowed is None:
                    foreign.add((action, _sort(arn)))
                count += allowed is not None
                if allowed:
                    reached.append((action, arn))
        yield Tried(role, count, tuple(reached))


def _actions(caller: Caller) -> dict[str, Json]:
    """Return the actions of a role's statements, each with the request's keys as its statements want them."""
    found: dict[str, Json] = {}
    for policy in caller.policies.values():
        for statement in policy["Statement"]:
            wanted = dict(_wanted(statement.get("Condition", {})))
            named = statement["Action"]
            for action in [named] if isinstance(named, str) else named:
                found.setdefault(action, {}).update(wanted)
    return found


def _wanted(condition: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for operator, keys in condition.items():
        for key, values in keys.items():
            if key.lower().startswith(TAGS):
                continue
            first = values[0] if isinstance(values, list) else values
            value = str(first).replace("*", "x")
            yield key, [value] if operator.startswith("For") or _is_list(key) else value


def _sent_to(arn: str) -> Json:
    """Return the Region that answers for a resource: no intruder can choose another one."""
    region = arn.split(":")[3]
    return {"aws:RequestedRegion": region} if region else {}


def _is_list(key: str) -> bool:
    return key.lower() in ("events:targetarn", "aws:tagkeys", "acm:domainnames")


def _may_fit(action: str, arn: str) -> bool:
    service = action.partition(":")[0]
    return arn.split(":")[2] == {"tag": "*", "elasticloadbalancing": "elasticloadbalancing"}.get(service, service)


def _sort(arn: str) -> str:
    """Return what decides whether an action is about a resource: of S3, whether it is a bucket or an object in one.

    Source: "Resource types defined by Amazon S3" in the Service Authorization Reference, for ARNs without a Region.
    """
    is_of_s3 = arn.startswith("arn:aws:s3:::")
    return ("object" if "/" in arn else "bucket") if is_of_s3 else arn


def _is_allowed(harness: Harness, caller: Caller, request: AuthorizationRequest) -> bool | None:
    """Return IAM's answer; None if the action is not about such a resource."""
    try:
        question = harness.account.with_tags(request)
        return harness.evaluator.is_allowed(caller, question, harness.account.resource_policy(request.resource))
    except EvaluationError as error:
        if any(reason in str(error) for reason in NOT_ABOUT_IT):
            return None
        raise


def _deployed_resources(harness: Harness) -> Iterator[tuple[str, Json]]:
    """Yield the ARNs of what the neighbour has, and may get, with its tags where the harness does not keep them."""
    neighbour, own = harness.neighbour, harness.own
    for arn, owner in list(harness.account.owners.items()):
        if owner != neighbour.name:
            continue
        yield arn, {}
        if arn.startswith("arn:aws:s3:::"):
            # An intruder may choose any key, such as one that looks like the end of one's own bucket's name.
            for key in (
                "index.html",
                "_fallback/index.html",
                "_saved/current.json",
                f"static/x-{own.guid}/_saved/evil.html",
            ):
                yield f"{arn}/{key}", {}
            for prefix in ("_fallback/", "_saved/"):
                yield f"{arn}/x-{own.guid}/{prefix}evil.html", {}
    name = f"resilient-website-{neighbour.guid}-0badcafe"
    tags = {
        "aws:ResourceTag/aws:cloudformation:stack-name": name,
        "aws:ResourceTag/aws:cloudformation:stack-id": f"arn:aws:cloudformation:us-west-2:{ACCOUNT}:stack/{name}/guid",
    }
    for region in (neighbour.region, "us-east-1", "us-west-2"):
        yield f"arn:aws:events:{region}:{ACCOUNT}:rule/{name}", {}
        yield f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/new", {}
        yield f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:{name}", tags
        yield f"arn:aws:sns:{region}:{ACCOUNT}:{name}", tags
        yield f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}", {}
        yield f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}:*", {}
        yield f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}:log-stream:one", {}
        for rest in ("", "/resources", "/resources/r/methods/GET", "/deployments", "/stages", "/stages/live"):
            yield f"arn:aws:apigateway:{region}::/restapis/theirs{rest}", tags
        for rest in ("", "/basepathmappings", "/basepathmappings/none"):
            yield f"arn:aws:apigateway:{region}::/domainnames/www.neighbour.example{rest}", tags
    yield f"arn:aws:s3:::fallback-0badcafe-{neighbour.guid}", {}
    yield f"arn:aws:s3:::fallback-0badcafe-{neighbour.guid}/_saved/{own.guid}/_saved/x", {}
