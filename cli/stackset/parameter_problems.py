"""Invalid parameter values, for every account, found before any stack is changed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cli.parameter_constraints import constraint_problems
from cli.stackset.request import Request
from resilient_website.problems import Problem, known_names


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
            yield from constraint_problems(path, value, declared[name])
