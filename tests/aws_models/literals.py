"""What of a template's value is known before it is deployed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Values as a deployment has them. The stack has a name of typical length.
PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "website-production",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/website-production/"
    "aaaaaaaa-1234-1234-1234-123456789012",
}
VARIABLE = re.compile(r"\$\{([^!}]+)\}")


@dataclass(frozen=True)
class Unknown:
    """A text that is known in part: `least` are the characters that it has at least."""

    least: int = 0


def alternatives(value: Any) -> Iterator[Any]:
    """Yield what a value may be: both sides of Fn::If, texts with pseudo parameters put in, or Unknown."""
    match value:
        case {"Ref": "AWS::NoValue"}:
            return
        case {"Fn::If": [_, first, second]}:
            yield from alternatives(first)
            yield from alternatives(second)
        case {"Ref": str() as name} if len(value) == 1:
            yield PSEUDO_PARAMETERS.get(name, Unknown())
        case {"Fn::Join": [str() as separator, [*parts]]}:
            yield _joined(separator, [_first(part) for part in parts])
        case {"Fn::Sub": str() as text}:
            yield _substituted(text, {})
        case {"Fn::Sub": [str() as text, dict() as variables]}:
            yield _substituted(text, variables)
        case Mapping() if len(value) == 1 and next(iter(value)).startswith("Fn::"):
            yield Unknown()
        case str() if "{{resolve:" in value:
            yield Unknown()
        case _:
            yield value


def _first(value: Any) -> Any:
    return next(alternatives(value), "")


def _joined(separator: str, parts: list[Any]) -> str | Unknown:
    if all(isinstance(part, str | int) for part in parts):
        return separator.join(map(str, parts))
    return Unknown(sum(part.least if isinstance(part, Unknown) else len(str(part)) for part in parts))


def _substituted(text: str, variables: Mapping[str, Any]) -> str | Unknown:
    pieces = VARIABLE.split(text)
    values = [
        _first(variables[piece]) if piece in variables else PSEUDO_PARAMETERS.get(piece.strip(), Unknown())
        for piece in pieces[1::2]
    ]
    texts = [piece.replace("${!", "${") for piece in pieces[::2]]
    mixed = [part for pair in zip(texts, [*values, ""], strict=True) for part in pair]
    return _joined("", mixed)
