"""Escapes characters in text, also in text that only CloudFormation knows."""

from collections.abc import Mapping
from typing import Any

from resilient_website.quoting.parts import Unknown, parts


def replaced(value: Any, escapes: Mapping[str, str]) -> list[Any]:
    """Return a value's parts, to be joined, with each character of `escapes` replaced by its escape.

    The escapes are applied in order, so the escape character itself comes first. In text that is not known, `Fn::Split`
    takes the character out and `Fn::Join` puts the escape in. Source: "Fn::Split" and "Fn::Join" in the CloudFormation
    Template Reference, both of which take each other's results.
    """
    return [
        _of_unknown(part.call, escapes) if isinstance(part, Unknown) else _of_text(part, escapes)
        for part in parts(value)
    ]


def _of_text(text: str, escapes: Mapping[str, str]) -> str:
    for character, escape in escapes.items():
        text = text.replace(character, escape)
    return text


def _of_unknown(call: Any, escapes: Mapping[str, str]) -> Any:
    for character, escape in escapes.items():
        call = {"Fn::Join": [escape, {"Fn::Split": [character, call]}]}
    return call
