"""Checks the values that are given for a template's parameters against their constraints, as CloudFormation does."""

import re
from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from resilient_website.facts.cloudformation_quotas import MAX_PARAMETER_BYTES
from resilient_website.problems import Problem, allowing, shown

LIST_TYPES = ("CommaDelimitedList", "List<")


def constraint_problems(path: str, value: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problems of a value that is given for a parameter; `body` is the parameter's declaration.

    Allowed values, patterns and numbers apply to each item of a list. Source: "Parameters" in the AWS CloudFormation
    User Guide.
    """
    size = len(value.encode())
    if size > MAX_PARAMETER_BYTES:
        yield Problem(path, f"{size:,} bytes", f"CloudFormation allows at most {MAX_PARAMETER_BYTES:,}")
    low, high = _limit(body, "MinLength", 0), _limit(body, "MaxLength", MAX_PARAMETER_BYTES)
    if not low <= len(value) <= high:
        yield Problem(path, f"has {len(value)} characters", f"write {low:.0f} to {high:.0f} characters")
    for item in list_items(value) if value and is_list(body) else [value]:
        yield from _item_problems(path, item, body)


def is_list(body: Mapping[str, Any]) -> bool:
    """Tell from a parameter's declaration whether its value is a list."""
    return str(body.get("Type", "String")).startswith(LIST_TYPES)


def list_items(value: str) -> list[str]:
    """Return the items of a list that is given as a text."""
    return [item.strip() for item in value.split(",")]


def as_text(value: Any) -> str:
    """Return a default or an allowed value as CloudFormation passes it: YAML's true and yes as "true"."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _item_problems(path: str, item: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    found = f"found {'a hidden value' if as_text(body.get('NoEcho', '')).lower() == 'true' else shown(item)}"
    values = body.get("AllowedValues")
    allowed = [as_text(entry) for entry in values] if isinstance(values, list) else []
    if allowed and item not in allowed:
        yield Problem(path, found, allowing(", ".join(allowed)))
    if not _matches(body.get("AllowedPattern"), item):
        advice = str(body.get("ConstraintDescription") or body.get("Description") or "give another value")
        yield Problem(path, f"{found}, which does not match {body['AllowedPattern']}", advice)
    if body.get("Type") in ("Number", "List<Number>"):
        yield from _number(path, item, found, body)


def _matches(pattern: Any, value: str) -> bool:
    """Return whether a value matches a pattern. Java patterns that Python can't read are left to CloudFormation."""
    try:
        return pattern is None or re.fullmatch(str(pattern), value) is not None
    except re.error:
        return True


def _number(path: str, item: str, found: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        number = float(item)
    except ValueError:
        yield Problem(path, found, allowing("a number"))
        return
    low, high = _limit(body, "MinValue", -inf), _limit(body, "MaxValue", inf)
    if not low <= number <= high:
        limits = (f" from {low:g}" if low > -inf else "") + (f" to {high:g}" if high < inf else "")
        yield Problem(path, found, allowing(f"a number{limits}"))


def _limit(body: Mapping[str, Any], name: str, default: float) -> float:
    """Return a limit of a declaration. One that is no number is left to CloudFormation, which refuses it."""
    try:
        return float(body[name])
    except (KeyError, TypeError, ValueError):
        return default
