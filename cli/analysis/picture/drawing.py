"""Draws the text of a Mermaid diagram: a flowchart or a Gantt chart.

`mermaidx` runs Mermaid in a JavaScript engine, in a page that it imitates. Most of the time of a drawing is spent on
functions that match selectors and expressions, and on copies of settings: faster_page.js replaces the functions by
faster ones with the same results, and removes the settings of other kinds of diagrams. A version of mermaidx that names
the functions otherwise draws the same, more slowly.
"""

import atexit
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mermaidx.engine import Engine

# Mermaid's own, unless a text names another one.
THEME = "default"

_INDENT = re.compile(r"^ +", re.M)


def svg(text: str) -> str:
    """Return a diagram as SVG. Raises RuntimeError if the text is not one.

    Mermaid reads a text in a time that grows with the square of its length: the indent, which only readers need, is
    left out.
    """
    return str(_engine().render_svg(_INDENT.sub("", text), THEME, None, None))


@cache
def _engine() -> "Engine":
    """Return the engine of this process: to load Mermaid takes longer than a small drawing."""
    from mermaidx.engine import Engine  # noqa: PLC0415  # it starts a JavaScript engine, which only this needs

    class FasterEngine(Engine):  # type: ignore[misc]
        """An engine with one page for all drawings, which has the faster functions.

        mermaidx loads Mermaid into a new page for each drawing and one more, as other kinds of diagrams number their
        parts through all drawings of a page.
        """

        def _build_context(self) -> object:
            context = super()._build_context()
            context.eval(files(__package__).joinpath("faster_page.js").read_text(encoding="utf-8"))
            return context

        def _ensure_fresh_context(self) -> None:
            pass

    made = FasterEngine()
    made.start()
    atexit.register(made.close)
    return made
