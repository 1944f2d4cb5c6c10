"""References inside resolved values: `⟨Site⟩` for what `Ref` gives, `⟨Site.Arn⟩` for what `Fn::GetAtt` gives.

Resolved values are plain JSON. A value that only AWS knows stands in its string as such a mark, so that two values are
the same exactly when their strings are. `⟨?...⟩` marks a value that nothing in the template says.
"""

import re

_REFERENCE = re.compile(r"⟨([A-Za-z0-9]+)(?:\.([A-Za-z0-9._]+))?⟩")


def reference(logical_id: str, attribute: str = "") -> str:
    """Return the mark of a resource's `Ref`, or of one of its attributes."""
    return f"⟨{logical_id}.{attribute}⟩" if attribute else f"⟨{logical_id}⟩"


def unknown(what: str) -> str:
    """Return the mark of a value that the template does not say."""
    return f"⟨?{what}⟩"


def is_unknown(value: object) -> bool:
    """Return whether any part of a value is something that the template does not say."""
    return isinstance(value, str) and "⟨?" in value


def referred(value: object) -> str | None:
    """Return the logical id of the resource that a value refers to, if it is one reference and nothing else."""
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def attribute_of(value: object) -> str:
    """Return the attribute that a reference asks for; empty for `Ref`."""
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return (match[2] or "") if match else ""


def marks(value: object) -> frozenset[tuple[str, str]]:
    """Return all references that stand anywhere in a resolved value: logical id, and attribute (empty for `Ref`)."""
    if isinstance(value, str):
        return frozenset((match[1], match[2] or "") for match in _REFERENCE.finditer(value))
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return frozenset().union(*map(marks, inside))


def mentioned(value: object) -> frozenset[str]:
    """Return the logical ids that stand anywhere in a resolved value."""
    return frozenset(logical_id for logical_id, _ in marks(value))
