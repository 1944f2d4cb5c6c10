"""Draws a recording as a terminal, whose lines appear as they came."""

import io
import re
from collections.abc import Sequence
from html import unescape

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

from tools.pictures.recording import Line

COLUMNS = 100
# Faster than it was: the picture says so in its title.
SPEED = 4
ID = "terminal"

# Rich asks for its font from another host, which a picture within a page may not do.
FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
# Somebody who prefers no motion gets all lines at once.
APPEAR = """
    @media (prefers-reduced-motion: no-preference) {
      @keyframes appear { from { visibility: hidden } to { visibility: visible } }
"""


def animated(lines: Sequence[Line], title: str) -> str:
    """Return the recording as an SVG file: without animation, or in print, it shows every line."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    rows: list[float] = []
    for line in lines:
        for row in line.text.wrap(console, COLUMNS) or [line.text]:
            console.print(row, overflow="crop", no_wrap=True)
            rows.append(line.seconds / SPEED)
    drawn = console.export_svg(
        title=f"{title} ({SPEED} times as fast)",
        theme=SVG_EXPORT_THEME,
        unique_id=ID,
    )
    return _trimmed(FONT_FACE.sub("", drawn).replace("</style>", _animation(rows) + "    </style>", 1))


def _animation(rows: Sequence[float]) -> str:
    # A row's texts are known by the part of the terminal that they are clipped to; `steps` shows them at its time.
    each = "\n".join(
        f'      [clip-path="url(#{ID}-line-{number})"] {{ animation: appear 0.01s {seconds:.2f}s both }}'
        for number, seconds in enumerate(rows)
    )
    return f"{APPEAR}{each}\n    }}\n"


def _trimmed(drawn: str) -> str:
    return "\n".join(line.rstrip() for line in drawn.splitlines() if line.strip()) + "\n"


def lines_of(drawn: str) -> list[str]:
    """Return the text of each line of an SVG file that `animated` has made."""
    rows: dict[int, str] = {}
    for number, text in re.findall(rf'clip-path="url\(#{ID}-line-(\d+)\)">(.*?)</text>', drawn):
        rows[int(number)] = rows.get(int(number), "") + unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    return [rows[number].rstrip() for number in sorted(rows)]
