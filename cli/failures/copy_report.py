"""The tables of `failures` for a copy in another Region: lost Regions, the copy's own failures, RTO and RPO."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli.analysis.availability.copies import Copy
from cli.analysis.availability.degraded import degraded
from cli.analysis.availability.documented_timings import COPY_TIMINGS, Seconds
from cli.analysis.availability.lost_regions import from_copy, lost_regions
from cli.analysis.availability.recovery import Part, Recovery, recoveries
from cli.failures import report

NOTHING_LOST = "nothing"


def as_json(copies: Sequence[Copy]) -> dict[str, Any]:
    """Return what is known about the copies; nothing for a template without one."""
    if not copies:
        return {}
    figures = [report.figure(timing) for timing in COPY_TIMINGS]
    return {"copies": [_copy(copy) for copy in copies], "copyFigures": figures}


def _copy(copy: Copy) -> dict[str, Any]:
    return {
        "region": copy.region,
        "mode": copy.mode,
        "lostRegions": [report.cell(item) for item in lost_regions(copy).cells],
        "fromCopy": [report.cell(item) for item in from_copy(copy).cells],
        "recovery": [_recovery(recovery) for recovery in recoveries(copy)],
        "degraded": list(degraded(copy)),
    }


def _recovery(recovery: Recovery) -> dict[str, Any]:
    return {
        "case": recovery.name,
        "rtoSeconds": _span(recovery.rto),
        "steps": [{"what": part.what, "seconds": _span(part.seconds)} for part in recovery.steps],
        "rpoSeconds": _span(recovery.rpo),
        "lost": [{"what": part.what, "seconds": _span(part.seconds)} for part in recovery.lost],
    }


def _span(seconds: Seconds) -> list[int | None]:
    return [seconds.low, seconds.longest]


def tables(copy: Copy) -> Iterator[RenderableType]:
    """Yield the tables: what is lost with a Region, how fast a switch is, what degrades, and the copy's failures."""
    yield from report.tables(lost_regions(copy), f"Copy in {copy.region} ({copy.mode}): ", "Region")
    yield _switches(recoveries(copy))
    missing = [Text(f"While {copy.region} is lost:"), *(Text(f"- {sentence}") for sentence in degraded(copy))]
    yield Text("\n").join(missing)
    yield from report.tables(from_copy(copy), f"While {copy.region} is active: ", f"What fails in {copy.region}")


def _switches(found: Sequence[Recovery]) -> Table:
    """Return the table of RTO and RPO."""
    table = Table(title="The switch, after a person has decided", title_justify="left", show_lines=True)
    for name in ("Case", "RTO: until visitors get the site", "RPO: what is lost"):
        table.add_column(name)
    for recovery in found:
        lost = _listed(recovery.lost) or NOTHING_LOST
        table.add_row(recovery.name, f"{recovery.rto}\n{_listed(recovery.steps)}", lost)
    return table


def _listed(parts: Sequence[Part]) -> str:
    return "\n".join(f"- {part.what}: {part.seconds}" for part in parts)
