"""Whether a policy lets somebody do something, as far as websites need it."""

import re
from collections.abc import Callable, Iterable

from cli.analysis.availability.nodes.stores import Statement

_ACCOUNT = re.compile(r":(\d{12}|⟨\?AWS::AccountId⟩):")


def matches(pattern: str, text: str) -> bool:
    """Return whether a pattern of a policy (`*`, `?`) matches a text."""
    parts = [{"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def allows(
    statements: Iterable[Statement],
    action: str,
    resource: str,
    principal: Callable[[str, str], bool] = lambda _kind, _name: True,
    facts: Iterable[tuple[str, str]] = (),
) -> bool:
    """Return whether the statements allow an action on a resource, and none denies it.

    `principal` says whether a principal (its kind, its name) is the one who asks. `facts`: what conditions may ask for,
    by key in lower case. A condition about anything else never holds for an Allow, nor for a Deny.
    """
    given = {"aws:securetransport": "true", **dict(facts)}
    fitting = [
        statement
        for statement in statements
        if (not statement.principals or any(principal(kind, name) for kind, name in statement.principals))
        and any(matches(pattern.lower(), action.lower()) for pattern in statement.actions)
        and any(matches(pattern, resource) for pattern in statement.resources)
        and all(_holds(operator, given.get(key), values) for operator, key, values in statement.conditions)
    ]
    return any(statement.allows for statement in fitting) and all(statement.allows for statement in fitting)


def _holds(operator: str, fact: str | None, values: tuple[str, ...]) -> bool:
    """Return whether a condition holds: `StringNotEquals` and its like when no value matches."""
    if fact is None:
        return False
    matching = any(matches(_anonymous(value), _anonymous(fact)) for value in values)
    return matching != ("Not" in operator)


def _anonymous(arn: str) -> str:
    """Return an ARN with its account unsaid: whether one that is written out is the stack's own can't be told."""
    return _ACCOUNT.sub(":account:", arn)
