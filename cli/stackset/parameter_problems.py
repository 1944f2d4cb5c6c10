"""Invalid parameter values, for every account, found before any stack is changed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cli.stackset.request import Request
from resilient_website.facts.cloudformation_quotas import MAX_PARAMETER_BYTES
from resilient_website.problems import Problem, known_names, shown


def parameter_problems(request: Request, existing: Iterable[str]) -> list[Problem]:
    """Return the problems of the given values, and the missing values.

    `existing` are the parameters that already have a value in the stack set; they need not be given again.
    """
    declared = request.template.get("Parameters") or {}
    given = [("Parameters", request.parameters), *_by_account(request)]
    problems = [problem for where, values in given for problem in _values(where, values, declared)]
    for name, body in declared.items():
        if "Default" in body or name in request.parameters or name in existing:
            continue
        lacking = [account for account in request.targets.accounts if name not in request.overrides(account)]
        # StackSets needs a value in the set itself, even if every account overrides it.
        where = (
            f"; accounts {', '.join(lacking)} have no value either" if lacking and request.account_parameters else ""
        )
        advice = f"give --parameter {name}=VALUE"
        problems.append(Problem(f"Parameters.{name}", f"has no default and was not given{where}", advice))
    return problems


def _by_account(request: Request) -> Iterator[tuple[str, Mapping[str, str]]]:
    for account, values in request.account_parameters.items():
        yield f"--account-parameter {account}", values


def _values(where: str, values: Mapping[str, str], declared: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in values.items():
        path = f"{where}.{name}" if where == "Parameters" else f"{where}:{name}"
        if name not in declared:
            yield Problem(path, "not declared in the template", known_names(name, declared))
        else:
            yield from _one(path, value, declared[name])


def _one(path: str, value: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    """Check a value against a parameter's constraints."""
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
