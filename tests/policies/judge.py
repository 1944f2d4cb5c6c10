"""Run in .venv-iam: what parliament, and policy_sentry's tables, say of policies.

Reads a list of {"name", "identity", "policy"} from standard input, all ARNs whole, and writes a list of [name, issue,
detail]. A name is that of a role or of what a policy belongs to; an identity policy is one of a role.
"""

import json
import re
import sys
import warnings
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import Any

warnings.filterwarnings("ignore", message="pkg_resources")
import parliament  # type: ignore[import-not-found]  # noqa: E402
import parliament.statement  # type: ignore[import-not-found]  # noqa: E402
from policy_sentry.querying.actions import get_action_data  # type: ignore[import-not-found]  # noqa: E402
from policy_sentry.querying.arns import get_resource_type_name_with_raw_arn  # type: ignore[import-not-found]  # noqa: E402
from policy_sentry.querying.conditions import get_conditions_for_action_and_raw_arn  # type: ignore[import-not-found]  # noqa: E402

Json = dict[str, Any]
Finding = tuple[str, str, str]

# parliament ends at a type that it has not met: a list of what it knows, say.
_translated = parliament.statement.translate_documentation_types
parliament.statement.translate_documentation_types = lambda kind: _translated(
    {"ARN": "Arn"}.get(kind.removeprefix("ArrayOf"), kind.removeprefix("ArrayOf"))
)


def main() -> None:
    """Judge what standard input has."""
    given: list[Json] = json.load(sys.stdin)
    found = [finding for entry in given for finding in _judged(entry)]
    found += [finding for name in sorted({entry["name"] for entry in given}) for finding in _missing(name, given)]
    json.dump(sorted(set(found)), sys.stdout)


def _judged(entry: Json) -> Iterator[Finding]:
    name = entry["name"]
    if entry["identity"]:
        for finding in parliament.analyze_policy_string(json.dumps(entry["policy"])).findings:
            yield name, finding.issue, _text(finding.detail)
    for statement in entry["policy"]["Statement"]:
        yield from ((name, issue, detail) for issue, detail in _of_statement(statement))


def _of_statement(statement: Json) -> Iterator[tuple[str, str]]:
    actions = [action for action in _list(statement["Action"]) if "*" not in action]
    resources = [one for one in _list(statement.get("Resource", [])) if one != "*"]
    forms = {action: [row["resource_arn_format"] for row in _rows(action)] for action in actions}
    for action in actions:
        if not forms[action]:
            yield "unknown action", action
        elif resources and not any(_fits(one, form) for one in resources for form in forms[action]):
            yield "wrong resource", f"{action}: {' '.join(resources)}"
        yield from _unknown_keys(action, statement.get("Condition", {}))
    for resource in resources:
        if actions and not any(_fits(resource, form) for action in actions for form in forms[action]):
            yield "wrong resource", f"{resource}: of none of {' '.join(actions)}"


def _unknown_keys(action: str, condition: Json) -> Iterator[tuple[str, str]]:
    rows = _rows(action)
    forms = tuple(row["resource_arn_format"] for row in rows)
    known = {_key(key) for row in rows for key in row["condition_keys"]} | _of_resources(action, forms)
    for keys in condition.values():
        for key in keys:
            is_global = key.lower().startswith("aws:") and "tag" not in key.lower()
            if rows and not is_global and _key(key) not in known:
                yield "unknown condition key", f"{action}: {key}"


def _missing(name: str, given: list[Json]) -> Iterator[Finding]:
    """Yield what actions of a role need besides, and it has not."""
    statements = [
        s for entry in given if entry["name"] == name and entry["identity"] for s in entry["policy"]["Statement"]
    ]
    actions = {action for statement in statements for action in _list(statement["Action"])}
    for action in sorted(actions):
        for row in _rows(action):
            for needed in row["dependent_actions"] or []:
                if not any(fnmatchcase(needed.lower(), has.lower()) for has in actions):
                    yield name, "missing dependent action", f"{action} needs {needed}"


@cache
def _rows(action: str) -> list[Json]:
    service, _, operation = action.partition(":")
    data = get_action_data(service, operation)
    return list(data[service]) if data else []


@cache
def _of_resources(action: str, formats: tuple[str, ...]) -> frozenset[str]:
    service = action.partition(":")[0]
    kept = [one for one in formats if one != "*" and get_resource_type_name_with_raw_arn(one)]
    found = [get_conditions_for_action_and_raw_arn(action, one) for one in kept] if service else []
    return frozenset(_key(key) for keys in found for key in keys or [])


def _key(key: str) -> str:
    """Return a condition key as it is compared: a tag's own name does not matter."""
    head, slash, _ = key.partition("/")
    return head.lower() + slash


def _fits(resource: str, form: str) -> bool:
    """Tell whether a resource, which may have wildcards, can be one of a form such as arn:${Partition}:s3:::${Name}."""
    return form != "*" and _meet(resource, re.sub(r"\$\{\w+\}", "*", form))


@lru_cache(maxsize=10_000)
def _meet(one: str, other: str) -> bool:
    """Tell whether any text matches both of two patterns with * and ?.

    `reached` has the ends in `other` to which the part of `one` so far can lead; a star stays where it is, or goes on.
    """
    reached = _past_stars({0}, other)
    for letter in one:
        if letter == "*":
            reached = set(range(min(reached), len(other) + 1)) if reached else reached
            continue
        stays = {place for place in reached if other[place : place + 1] == "*"}
        moves = {
            place + 1
            for place in reached
            if place < len(other) and (other[place] == letter or other[place] == "?" or letter == "?")
        }
        reached = _past_stars(stays | moves, other)
    return len(other) in reached


def _past_stars(places: set[int], pattern: str) -> set[int]:
    """Return places in a pattern, and those that stars there lead to without any letter."""
    found = set(places)
    for place in places:
        after = place
        while pattern[after : after + 1] == "*":
            after += 1
            found.add(after)
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(detail: Any) -> str:
    return detail if isinstance(detail, str) else json.dumps(detail, sort_keys=True)


if __name__ == "__main__":
    main()
