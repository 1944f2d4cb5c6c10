"""Edges between a resource that an update changes and one that it refers to, where the order of the two may matter.

`in place`: a resource is changed in place while what it refers to is replaced. `replaced`: a resource is replaced, so
that the old and the new one are there at once, while what both refer to stays.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cli.analysis.availability.references import referenced_ids
from cli.analysis.updates.comparison import Change
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.stack import Stack
from cli.parameter_values import parameter_values
from resilient_website.cloudformation.overrides import deep_merge
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from resilient_website.read_template import sites
from tests.diff.neighbours import PAIRS
from tests.diff.stacks import REGION, as_stack

Json = dict[str, Any]

# Changes beside those between neighbours. Each is put on every example.
EXISTING_VPC: Json = {
    "VpcId": "vpc-0123456789abcdef0",
    "PublicSubnetIds": [f"subnet-0123456789abcdef{n}" for n in range(3)],
    "WebSubnetIds": [f"subnet-0123456789abcdee{n}" for n in range(3)],
    "DatabaseSubnetIds": [f"subnet-0123456789abcded{n}" for n in range(3)],
    "CacheSubnetIds": [f"subnet-0123456789abcdec{n}" for n in range(3)],
}
MORE: tuple[Json, ...] = (
    {"Network": EXISTING_VPC},
    {"Network": {**EXISTING_VPC, "VpcId": "vpc-0123456789abcdef1"}},
    {"LoadBalancer": {"Scheme": "internal"}},
    {"LoadBalancer": {"Scheme": "internet-facing"}},
    {"Overrides": {"LoadBalancer": {"Name": "another"}}},
    {"Overrides": {"LoadBalancer": {"Name": {"Ref": "AWS::StackName"}}}},
    {"Network": {"AvailabilityZones": [f"{REGION}a", f"{REGION}b", f"{REGION}c"]}},
    {"Network": {"AvailabilityZones": [f"{REGION}b", f"{REGION}c", f"{REGION}d"]}},
    {"Network": {"CidrBlock": "10.200.0.0/16"}},
    {"Database": False, "Cache": False},
    {"Database": False, "Cache": False, "Network": {"CidrBlock": "10.201.0.0/16"}},
    {"Database": {"KmsKeyId": "alias/website"}},
    {"Files": {"KmsKeyId": "alias/website"}},
    {"WebServers": {"UpdateStrategy": "InstanceRefresh"}},
    {"DomainName": "shop.example.com"},
    {"FrontDoor": "LoadBalancer"},
    {"Fallback": {"Region": "eu-west-1"}},
)
# Of the neighbours, what replaces nothing is left out.
REPLACING = (
    "another name",
    "cache's engine",
    "cache's kind",
    "cache's token",
    "database's name",
    "database's version",
    "fallback's Region",
    "front door",
    "IPv6",
    "NAT",
    "private servers",
    "server's port",
    "snapshot",
    "two and three zones",
)
CHANGES: tuple[Json, ...] = (*(each for name in REPLACING for each in PAIRS[name] if each), *MORE)


class Edge(NamedTuple):
    """A kind of edge: `kind` is `in place` or `replaced`, `place` a type with a property, `target` another type."""

    kind: str
    place: str
    target: str


def updates(compact: Json) -> Iterator[tuple[Stack, Stack]]:
    """Yield a template and what every one of the changes makes of its first site, there and back."""
    name = sites(compact["Resources"])[0]
    old = _expanded(compact)
    changed = [deep_merge(compact, {"Resources": {name: {"Properties": change}}}) for change in CHANGES]
    # Once for changes that make the same of this site.
    for each in {json.dumps(each): each for each in changed}.values():
        new = _expanded(each)
        if old is not None and new is not None and new != old:
            yield old, new
            yield new, old


def edges(found: Mapping[str, Change], new: Stack) -> Iterator[tuple[Edge, str]]:
    """Yield the kinds of edges of an update, each with the logical id of the resource that refers."""
    for change in found.values():
        if change.effect is Effect.REPLACED or any(
            each.refusal and each.refusal.replaced for each in change.properties
        ):
            yield from _replaced(change, found, new)
        elif change.effect in (Effect.CHANGED, Effect.INTERRUPTED, Effect.REFUSED):
            yield from _changed_in_place(change, found)


def _changed_in_place(change: Change, found: Mapping[str, Change]) -> Iterator[tuple[Edge, str]]:
    for each in change.properties:
        place = f"{change.type}.{each.difference.names[0]}"
        cause = found.get(each.caused_by)
        if cause is not None and cause.effect is Effect.REPLACED:
            yield Edge("in place", place, cause.type), change.logical_id
        gone = {found[name].type for name in referenced_ids(each.difference.old) if _is(found, name, Effect.DELETED)}
        come = {found[name].type for name in referenced_ids(each.difference.new) if _is(found, name, Effect.ADDED)}
        for kind in sorted(gone & come):
            yield Edge("in place", place, kind), change.logical_id


def _replaced(change: Change, found: Mapping[str, Change], new: Stack) -> Iterator[tuple[Edge, str]]:
    assert change.old is not None
    assert change.new is not None
    for name, value in change.new.properties.items():
        both = referenced_ids(value) & referenced_ids(change.old.properties.get(name))
        for target in both:
            if target in new and not (target in found and is_replacement(found[target])):
                yield Edge("replaced", f"{change.type}.{name}", new[target].type), change.logical_id


def is_replacement(change: Change) -> bool:
    """Tell whether a change makes another resource, if AWS let it."""
    refused = any(each.refusal is not None and each.refusal.replaced for each in change.properties)
    return refused or change.effect in (Effect.REPLACED, Effect.MAY_BE_REPLACED)


def _is(found: Mapping[str, Change], name: str, *effects: Effect) -> bool:
    return name in found and found[name].effect in effects


def _expanded(compact: Json) -> Stack | None:
    try:
        values = parameter_values(compact, {})
        return as_stack(expand_template(compact, values, REGION), **values)
    except InvalidTemplateError:
        return None
