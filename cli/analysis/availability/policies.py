"""Evaluates IAM and resource policies, as far as websites need it."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from cli.analysis.availability.nodes.stores import Statement

_ACCOUNT = re.compile(r":(\d{12}|⟨\?AWS::AccountId⟩):")


def matches(pattern: str, text: str) -> bool:
    """Return whether a policy's pattern (`*`, `?`) matches a text."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern. A survey asks for the same few hundred patterns again and again."""
    parts = [{"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern]
    return re.compile("".join(parts), re.DOTALL)


def allows(
    statements: Iterable[Statement],
    action: str,
    resource: str,
    principal: Callable[[str, str], bool] = lambda _kind, _name: True,
    facts: Iterable[tuple[str, str]] = (),
) -> bool:
    """Return whether the statements allow an action on a resource, and none denies it.

    `principal` decides whether a principal (type, name) is the caller. `facts`: the values of condition keys, in lower
    case. A condition on any other key is false, for an Allow as for a Deny.
    """
    given = {"aws:securetransport": "true", **dict(facts)}
    fitting = [
        statement
        for statement in statements
        if (not statement.principals or any(principal(kind, name) for kind, name in statement.principals))
        and _any_matches(statement.actions, action, ignore_case=True)
        and _any_matches(statement.resources, resource)
        and all(_holds(operator, given.get(key), values) for operator, key, values in statement.conditions)
    ]
    return any(statement.allows for statement in fitting) and all(statement.allows for statement in fitting)


@lru_cache(maxsize=4096)
def _any_matches(patterns: tuple[str, ...], text: str, *, ignore_case: bool = False) -> bool:
    """Return whether any pattern matches. A survey asks the same of each statement in each failure, for each visit."""
    if ignore_case:
        return any(matches(pattern.lower(), text.lower()) for pattern in patterns)
    return any(matches(pattern, text) for pattern in patterns)


def _holds(operator: str, fact: str | None, values: tuple[str, ...]) -> bool:
    """Return whether a condition is true; negated operators such as `StringNotEquals` are if no value matches."""
    if fact is None:
        return False
    matching = any(matches(_anonymous(value), _anonymous(fact)) for value in values)
    return matching != ("Not" in operator)


def _anonymous(arn: str) -> str:
    """Return an ARN without its account: it is unknown whether a literal account id is the stack's."""
    return _ACCOUNT.sub(":account:", arn)
