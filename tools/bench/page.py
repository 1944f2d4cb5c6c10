"""Writes what was measured into docs/performance.md, with the date and the machine, and the chart beside it."""

import os
import platform
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tools.bench.chart import svg
from tools.bench.growth import Point
from tools.bench.timing import process
from tools.repository import ROOT

PAGE = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "performance.svg"
BEGIN, END = "<!-- begin: written by make bench-docs -->", "<!-- end -->"
TITLE = "Time of an expansion by the number of sites"


def write(table: str, said: Sequence[str], points: Sequence[Point]) -> None:
    """Write the measured table, the lines that say what it is made of, and the growth."""
    CHART.write_text(svg(points, TITLE), encoding="utf-8")
    growth = [
        "| sites | resources | expansion, ms | JSON round trip of the result, ms |",
        "| ---: | ---: | ---: | ---: |",
        *(f"| {each.sites} | {each.resources} | {each.expansion:.1f} | {each.json:.1f} |" for each in points),
    ]
    measured = "\n".join(
        [
            BEGIN,
            f"Measured on {datetime.now(UTC):%Y-%m-%d}, on {_machine()}.",
            "",
            table,
            "",
            "```",
            *said,
            "```",
            "",
            f"![{TITLE}]({CHART.name})",
            "",
            *growth,
            END,
        ]
    )
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    PAGE.write_text(before + measured + rest.split(END)[1], encoding="utf-8")


def _machine() -> str:
    """Return what the machine is: its processor, its versions of Python and Node.js, and how busy it was."""
    node = process(["node", "--version"]).strip() if shutil.which("node") else "none"
    return (
        f"{os.cpu_count()} cores ({_processor()}), {platform.system()}, Python {platform.python_version()}, "
        f"Node.js {node.removeprefix('v')}, with a load of {os.getloadavg()[0]:.1f}"
    )


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", described.read_text(encoding="utf-8")) if described.exists() else None
    return found[1] if found else platform.machine()
