"""Splits a value into text known at expansion, and parts that CloudFormation resolves later."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.intrinsics import SUB_VARIABLE

# Source: "Get values stored in other services using dynamic references".
DYNAMIC_REFERENCE = "{{resolve:"


class Unknown(NamedTuple):
    """A part that CloudFormation resolves: an intrinsic, or text with a dynamic reference, in template JSON."""

    call: Any


Part: TypeAlias = str | Unknown

# Each unknown part adds bytes to the template: a value with more parts than this would fill user data, and is not
# split.
MAX_PARTS = 1_000


def parts(value: Any) -> list[Part]:
    """Return the parts of a literal, or of an intrinsic that gives a string, in order.

    `Fn::Sub` and `Fn::Join` are split, so that the text around their variables is known. A value with a dynamic
    reference is one unknown part, since CloudFormation has to find the reference in one piece.
    """
    call = encoded(value)
    split = list(_split(call))
    return [Unknown(call)] if _in_one_piece(split) else _joined(split)


def _in_one_piece(split: Sequence[Part]) -> bool:
    """Tell whether a value is not split."""
    return len(split) > MAX_PARTS or _refers_dynamically(split)


def has_dynamic_reference(value: Any) -> bool:
    """Tell whether the known text of a value contains a dynamic reference."""
    return _refers_dynamically(_split(encoded(value)))


def _refers_dynamically(split: Iterable[Part]) -> bool:
    return DYNAMIC_REFERENCE in "".join(part for part in split if isinstance(part, str))


def _split(call: Any) -> Iterator[Part]:
    """Yield the texts and unknown values that Fn::Sub and Fn::Join put together; another call is one unknown value."""
    match call:
        case str():
            yield call
        case {"Fn::Sub": [str() as text, Mapping() as variables]}:
            yield from _of_sub(text, variables)
        case {"Fn::Sub": str() as text}:
            yield from _of_sub(text, {})
        case {"Fn::Join": [str() as delimiter, [*items]]}:
            for index, item in enumerate(items):
                yield from ([delimiter] if index else [])
                yield from _split(item)
        case Mapping():
            yield Unknown(call)
        case _:
            yield str(call)


def _of_sub(text: str, variables: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the parts of Fn::Sub's text; a variable is one of its map, a resource's attribute or a reference."""
    end = 0
    for match in SUB_VARIABLE.finditer(text):
        yield text[end : match.start()].replace("${!", "${")
        end = match.end()
        name, _, attribute = match[1].partition(".")
        if match[1] in variables:
            yield from _split(variables[match[1]])
        else:
            yield Unknown({"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name})
    yield text[end:].replace("${!", "${")


def _joined(found: Iterable[Part]) -> list[Part]:
    """Return the parts without empty text, and with neighbouring texts joined."""
    joined: list[Part] = []
    for part in found:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return joined
