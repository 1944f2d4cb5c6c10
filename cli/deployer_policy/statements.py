"""Statements of a policy, and the policy documents that they fit into."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from resilient_website.facts.iam_quotas import MAX_MANAGED_POLICY_LENGTH

Json = dict[str, Any]
Condition = Mapping[str, Mapping[str, Any]]

VERSION = "2012-10-17"


@dataclass(frozen=True)
class Statement:
    """One statement that allows: its actions in order, on resources, maybe under a condition."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Condition | None = None

    def to_dict(self) -> Json:
        """Return the statement as a policy has it."""
        body = {"Sid": self.sid, "Effect": "Allow", "Action": list(self.actions), "Resource": list(self.resources)}
        return body | ({"Condition": self.condition} if self.condition else {})


def allowed(
    sid: str, actions: Iterable[str], resources: Iterable[str], condition: Condition | None = None
) -> list[Statement]:
    """Return a statement in a list; an empty list if it would allow nothing. Its order is not the arguments'."""
    listed, where = without_covered(actions), without_covered(resources)
    return [Statement(sid, listed, where, condition)] if listed and where else []


def without_covered(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in order, without those that another's wildcard covers, as `ec2:Describe*` many others."""
    unique = sorted(set(names))
    wide = [name for name in unique if "*" in name]
    return tuple(
        name for name in unique if not any(name != other and fnmatchcase(name, _literal(other)) for other in wide)
    )


def _literal(name: str) -> str:
    """Return a pattern of IAM for fnmatch, which has more wildcards than `*` and `?`."""
    return name.replace("[", "[[]")


def document(statements: Iterable[Statement]) -> Json:
    """Return a policy document."""
    return {"Version": VERSION, "Statement": [statement.to_dict() for statement in statements]}


def length(policy: Json) -> int:
    """Return how many characters IAM counts: all but white space."""
    return len("".join(json.dumps(policy, ensure_ascii=False).split()))


def documents(statements: Iterable[Statement], longest: int = MAX_MANAGED_POLICY_LENGTH) -> list[Json]:
    """Return as few documents as filling one after the other gives, none longer than `longest` characters.

    A statement that does not fit into what is left of a document is divided: some of its actions here, the others in
    the next. Raises ValueError if a single action with its resources is too long.
    """
    full: list[list[Statement]] = [[]]
    for statement in statements:
        rest: Statement | None = statement
        while rest:
            fits = _how_many(full[-1], rest, longest)
            if fits:
                full[-1].append(replace(rest, actions=rest.actions[:fits]))
            elif not full[-1]:
                raise ValueError(f"{rest.sid} is too long for a policy of {longest} characters")
            rest = replace(rest, actions=rest.actions[fits:]) if fits < len(rest.actions) else None
            if rest:
                full.append([])
    return [document(each) for each in full if each]


def _how_many(before: list[Statement], statement: Statement, longest: int) -> int:
    """Return how many of a statement's actions, from its first, fit behind other statements in one document."""
    low, high = 0, len(statement.actions)
    while low < high:
        middle = (low + high + 1) // 2
        tried = replace(statement, actions=statement.actions[:middle])
        low, high = (middle, high) if length(document([*before, tried])) <= longest else (low, middle - 1)
    return low
