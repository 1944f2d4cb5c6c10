"""Checks the values that are given for a template's parameters against their constraints, as CloudFormation does."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from resilient_website.facts.cloudformation_quotas import MAX_PARAMETER_BYTES
from resilient_website.problems import Problem, shown


def constraint_problems(path: str, value: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problems of a value that is given for a parameter; `body` is the parameter's declaration."""
    advice = str(body.get("ConstraintDescription") or body.get("Description") or "give another value")
    size = len(value.encode())
    if size > MAX_PARAMETER_BYTES:
        yield Problem(path, f"{size:,} bytes", f"CloudFormation allows at most {MAX_PARAMETER_BYTES:,}")
    allowed = [str(entry) for entry in body.get("AllowedValues", [])]
    if allowed and value not in allowed:
        yield Problem(path, f"found {shown(value)}", f"allowed are {', '.join(allowed)}")
    if not _matches(body.get("AllowedPattern"), value):
        yield Problem(path, f"found {shown(value)}, which does not match {body['AllowedPattern']}", advice)
    if not int(body.get("MinLength", 0)) <= len(value) <= int(body.get("MaxLength", MAX_PARAMETER_BYTES)):
        wanted = f"{body.get('MinLength', 0)} to {body.get('MaxLength', MAX_PARAMETER_BYTES)} characters"
        yield Problem(path, f"has {len(value)} characters", f"write {wanted}")
    if body.get("Type") == "Number":
        yield from _number(path, value, body)


def _matches(pattern: Any, value: str) -> bool:
    """Return whether a value matches a pattern. Java patterns that Python can't read are left to CloudFormation."""
    try:
        return pattern is None or re.fullmatch(str(pattern), value) is not None
    except re.error:
        return True


def _number(path: str, value: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        number = float(value)
    except ValueError:
        yield Problem(path, f"found {shown(value)}", "give a number")
        return
    low, high = float(body.get("MinValue", "-inf")), float(body.get("MaxValue", "inf"))
    if not low <= number <= high:
        yield Problem(path, f"found {value}", f"give a number from {body.get('MinValue')} to {body.get('MaxValue')}")
