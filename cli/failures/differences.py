"""What differs between two shapes of a site when something fails, as between staging and production."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from cli.analysis.availability import formatting
from cli.analysis.availability.model import Cell, Survey
from cli.analysis.availability.requests import Visit
from cli.analysis.availability.tables import requested

NOT_THERE = "the site has none"


@dataclass(frozen=True)
class Difference:
    """A failure during which a request gets other answers from the two shapes."""

    failure: str
    visit: Visit
    given: str
    compared: str


def differences(given: Survey, compared: Survey) -> list[Difference]:
    """Return every failure and request whose answers differ, or that only one of the shapes has."""
    answers, others = _answers(given), _answers(compared)
    return [
        Difference(failure, visit, answers.get((failure, visit), NOT_THERE), others.get((failure, visit), NOT_THERE))
        for failure, visit in dict.fromkeys((*answers, *others))
        if answers.get((failure, visit)) != others.get((failure, visit))
    ]


def _answers(found: Survey) -> dict[tuple[str, Visit], str]:
    return {(cell.failure.name, cell.visit): _text(cell) for cell in found.cells}


def _text(cell: Cell) -> str:
    """Return an answer in words, with the reason for its last phase."""
    page = requested(cell.visit)
    why = formatting.why(cell.answer)
    return "; ".join(formatting.phases(cell.answer, page)) + (f" ({why})" if why else "")


def differences_table(found: list[Difference], shape: str) -> Table:
    """Return the table of the differences; `shape` names the second shape."""
    table = Table(title=f"What differs with {shape}", title_justify="left", show_lines=True)
    table.add_column("What fails")
    for heading in ("Request", "As given", "Compared"):
        table.add_column(heading, ratio=1 if heading == "Request" else 2, overflow="fold")
    for failure, request, given, compared in _rows(found):
        table.add_row(failure, request, Text(given), Text(compared))
    return table


def _rows(found: list[Difference]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of the table: requests with the same answers during a failure are one."""
    alike: dict[tuple[str, str, str], list[Visit]] = {}
    for each in found:
        alike.setdefault((each.failure, each.given, each.compared), []).append(each.visit)
    for (failure, given, compared), visits in alike.items():
        yield failure, ", ".join(dict.fromkeys(str(visit.kind) for visit in visits)), given, compared


def differences_json(found: list[Difference]) -> dict[str, Any]:
    """Return the differences as JSON."""
    return {
        "differences": [
            {
                "failure": each.failure,
                "request": {
                    "kind": each.visit.kind.value,
                    "host": formatting.host(each.visit.host),
                    "path": each.visit.path,
                    "method": each.visit.method,
                },
                "answer": each.given,
                "compared": each.compared,
            }
            for each in found
        ]
    }
