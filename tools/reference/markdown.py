"""Markdown, as far as the reference needs it."""

import re
from collections.abc import Iterable, Sequence

GENERATED = "<!-- Written by `make docs` from the code. Change the code, not this page. -->"


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; line breaks within a cell are kept, and a pipe is none of its borders."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")


def prose(text: str) -> str:
    """Return a text with Markdown escaped, except for code in backticks."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if index % 2 else re.sub(r"([\\*_<\[\]])", r"\\\1", part) for index, part in enumerate(parts))


def code(text: object) -> str:
    """Return a text as code; one that holds backticks in more of them."""
    return f"`` {text} ``" if "`" in str(text) else f"`{text}`"


def page(title: str, *parts: str) -> str:
    """Return a whole page."""
    return "\n\n".join([f"# {title}", GENERATED, *(part for part in parts if part)]) + "\n"


def anchor(heading: str) -> str:
    """Return the fragment under which GitHub shows a heading made of letters, digits, points and brackets."""
    return "#" + "".join(character for character in heading.lower() if character.isalnum() or character == "-")
