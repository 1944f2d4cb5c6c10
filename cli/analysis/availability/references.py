"""Placeholders in resolved values: `⟨Site⟩` for the value of `Ref`, `⟨Site.Arn⟩` for that of `Fn::GetAtt`.

Resolved values are plain JSON. A value that only AWS knows is such a placeholder within its string, so that two values
are equal if and only if their strings are. `⟨?...⟩` is a value that the template does not determine.
"""

import re

# In each text that refers to something.
REFERRING = "⟨"

_REFERENCE = re.compile(r"⟨([A-Za-z0-9]+)(?:\.([A-Za-z0-9._]+))?⟩")


def reference(logical_id: str, attribute: str = "") -> str:
    """Return the placeholder of a resource's `Ref`, or of one of its attributes."""
    return f"⟨{logical_id}.{attribute}⟩" if attribute else f"⟨{logical_id}⟩"


def unknown(what: str) -> str:
    """Return the placeholder of a value that the template does not determine."""
    return f"⟨?{what}⟩"


def is_unknown(value: object) -> bool:
    """Return whether any part of a value is not determined by the template."""
    return isinstance(value, str) and "⟨?" in value


def referenced_id(value: object) -> str | None:
    """Return the logical id that a value refers to, if it is a single reference; None otherwise."""
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def attribute_of(value: object) -> str:
    """Return the attribute of a reference; empty for `Ref`."""
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return (match[2] or "") if match else ""


def placeholders(value: object) -> frozenset[tuple[str, str]]:
    """Return all references in a resolved value: logical id, and attribute (empty for `Ref`)."""
    if isinstance(value, str):
        # Most texts refer to nothing.
        if REFERRING not in value:
            return frozenset()
        return frozenset((match[1], match[2] or "") for match in _REFERENCE.finditer(value))
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return frozenset().union(*map(placeholders, inside))


def referenced_ids(value: object) -> frozenset[str]:
    """Return the logical ids of all references in a resolved value."""
    return frozenset(logical_id for logical_id, _ in placeholders(value))
