"""The runbook, docs/on-call.md: its sections, and the commands in them, as they are written."""

import re
from collections.abc import Mapping, Sequence

from tools.repository import ROOT

PAGE = ROOT / "docs/on-call.md"
_TITLE = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(#([\w-]+)\)")


def anchor(title: str) -> str:
    """Return the anchor of a title."""
    return title.lower().replace(" ", "-")


def _sections() -> dict[str, str]:
    """Return the text of each section by its anchor; that before the first title has an empty one."""
    first, *rest = _TITLE.split(PAGE.read_text(encoding="utf-8"))
    return {"": first} | {anchor(title): text for title, text in zip(rest[::2], rest[1::2], strict=True)}


SECTIONS = _sections()


def preparation(stack: str) -> str:
    """Return the lines that the page's commands depend on, for a stack."""
    (block,) = _BLOCK.findall(SECTIONS[""])
    return _replaced(block, {"STACK=my-site": f"STACK={stack}"})


def commands(section: str, *starts: str, shown: Mapping[str, str] | None = None) -> str:
    """Return the commands of a section that are, or else start with, these words: the first one for each, in order.

    `shown` is what the page shows as an example, and what replaces it. Fails for what the page does not have.
    """
    lines: list[str] = []
    for block in _BLOCK.findall(SECTIONS[section]):
        lines += re.sub(r"\\\n\s*", "", block).splitlines()
    found = [
        start if start in lines else next((line for line in lines if line.startswith(start)), "") for start in starts
    ]
    lacking = [start for start, line in zip(starts, found, strict=True) if not line]
    assert not lacking, f"docs/on-call.md#{section} has no command {lacking}"
    return _replaced("\n".join(found), shown or {})


def leads(start: str, to: str) -> bool:
    """Tell whether a section is another one, or has a link to it."""
    return start == to or to in _LINK.findall(SECTIONS[start])


def _replaced(text: str, shown: Mapping[str, str]) -> str:
    for example, value in shown.items():
        assert example in text, f"docs/on-call.md does not show {example}"
        text = text.replace(example, value)
    return text


def titles(scripts: Sequence[str]) -> str:
    """Return the programs and actions of some commands, for the table."""
    return "\n".join(
        " ".join(re.findall(r"^\S+ [\w-]+(?: [a-z][\w-]+)?", line)) for line in "\n".join(scripts).splitlines()
    )
