"""What AWS's published models say about one place of a template: a property, an item of a list, or a value of a map."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Protocol

import regex

# After a class of characters a hyphen is itself; Python's expressions take it for a range.
HYPHEN = regex.compile(r"(\\[wds]|\\p\{\w+\})-(?!\])")

# As Java writes it, in pairs of surrogates, and as Python does.
BEYOND_THE_BASIC_PLANE = (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")


@dataclass(frozen=True)
class Constraints:
    """What a place takes. None, or an empty tuple, where the model says nothing.

    `lengths` are of a text, `items` of a list, `numbers` of a number: the least and the most. A `whole` pattern is
    that of the whole text, as the services read theirs; another one is found anywhere in it, as JSON Schema's are.
    """

    kind: str | None = None
    lengths: tuple[float | None, float | None] = (None, None)
    items: tuple[float | None, float | None] = (None, None)
    numbers: tuple[float | None, float | None] = (None, None)
    pattern: str | None = None
    whole: bool = False
    choices: tuple[str, ...] = ()


class Place(Hashable, Protocol):
    """A place in a model, and the places within it. It is a key, by which what is known about it is kept."""

    def constraints(self) -> Constraints:
        """Return what the place takes."""
        ...

    def member(self, name: str) -> "Place | None":
        """Return the place of a property, or of a value of a map; None where the model has none, or several."""
        ...

    def item(self) -> "Place | None":
        """Return the place of a list's items."""
        ...


def text_refusals(text: str, takes: Constraints) -> Iterator[str]:
    """Yield why a text is not taken."""
    yield from outside(len(text), takes.lengths, "characters")
    if takes.choices and text not in takes.choices:
        yield f"{text!r} is none of {', '.join(takes.choices[:8])}"
    if takes.pattern is not None and not matches(text, takes.pattern, whole=takes.whole):
        yield f"{text!r} does not match {takes.pattern}"


def outside(count: float, bounds: tuple[float | None, float | None], what: str) -> Iterator[str]:
    """Yield why a number, or a count of something, is out of bounds."""
    least, most = bounds
    if least is not None and count < least:
        yield f"{count:g} {what}, fewer than {least:g}"
    if most is not None and count > most:
        yield f"{count:g} {what}, more than {most:g}"


def matches(text: str, pattern: str, *, whole: bool) -> bool:
    """Tell whether a text matches a pattern of AWS's, which are written for Java's and JavaScript's expressions."""
    compiled = regex.compile(HYPHEN.sub(r"\1\-", pattern.replace(*BEYOND_THE_BASIC_PLANE)))
    return bool(compiled.fullmatch(text) if whole else compiled.search(text))
