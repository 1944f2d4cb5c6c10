"""The pictures of README.md show what the project does now."""

import re
from pathlib import Path

import pytest
from rich.text import Text

from tools.pictures.__main__ import ARCHITECTURE, DEMO
from tools.pictures.architecture import architecture
from tools.pictures.recording import MAX_LISTED, Line, shortened
from tools.pictures.terminal import SPEED, animated, lines_of


def test_architecture_is_what_explain_draws_now() -> None:
    assert ARCHITECTURE.read_text(encoding="utf-8") == architecture(), "run `make pictures`"


@pytest.mark.parametrize("path", [ARCHITECTURE, DEMO], ids=lambda path: path.name)
def test_nothing_comes_from_the_network(path: Path) -> None:
    text = re.sub(r'xmlns(:\w+)?="[^"]*"|<!--.*?-->', "", path.read_text(encoding="utf-8"))
    assert "http" not in text


def test_lines_appear_when_they_came() -> None:
    drawn = animated([Line(0, Text("first")), Line(2 * SPEED, Text("a line of " + 100 * "x"))], "title")
    assert lines_of(drawn) == ["first", "a line of", 100 * "x"]
    assert re.findall(r'line-(\d)\)"\] { animation: appear 0.01s ([\d.]+)s', drawn) == [
        ("0", "0.00"),
        ("1", "2.00"),
        ("2", "2.00"),
    ]


def test_long_lists_are_counted() -> None:
    steps = ["Heading", "  ✓ step", *(f"  item {number}" for number in range(9)), "  ✓ step"]
    found = [line.text.plain for line in shortened(Line(0, Text(step)) for step in steps)]
    assert found == [*steps[: 2 + MAX_LISTED], f"  … and {9 - MAX_LISTED} more lines", "  ✓ step"]
