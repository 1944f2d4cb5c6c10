"""Groups the answers of a survey for reports: hosts with the same answers, and requests with the same answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from cli.analysis.availability import formatting
from cli.analysis.availability.answers import Answer
from cli.analysis.availability.model import Survey
from cli.analysis.availability.requests import RequestKind, Visit


@dataclass(frozen=True)
class Column:
    """Kinds of requests whose answers are the same in every failure, and these answers in the order of the failures."""

    visits: tuple[Visit, ...]
    answers: tuple[Answer, ...]

    @property
    def title(self) -> str:
        """The requests in words."""
        return ", ".join(f"{visit.kind} ({visit.method} {visit.path})" for visit in self.visits)

    @property
    def requested(self) -> str:
        """What the first request asks for, as the texts of answers name it."""
        return requested(self.visits[0])


@dataclass(frozen=True)
class AnswerTable:
    """Hosts whose answers are the same: their URLs, the failures, and a column for each group of requests."""

    addresses: tuple[str, ...]
    failures: tuple[str, ...]
    columns: tuple[Column, ...]


def answer_tables(result: Survey) -> Iterator[AnswerTable]:
    """Yield a table for each group of hosts whose answers are the same."""
    failures = tuple(failure.name for failure in result.failures)
    for hosts in _alike(result):
        visits = [visit for visit in result.visits if visit.host == hosts[0]]
        groups = [tuple(same) for _, same in groupby(visits, lambda visit: _answers(result, visit))]
        columns = tuple(Column(same, _answers(result, same[0])) for same in groups)
        yield AnswerTable(tuple(map(formatting.address, hosts)), failures, columns)


def requested(visit: Visit) -> str:
    """Return what a request asks for, as the texts of answers name it."""
    return "the asset" if visit.kind is RequestKind.ASSET else "the page"


def _answers(result: Survey, visit: Visit) -> tuple[Answer, ...]:
    return tuple(result.answer(failure.name, visit) for failure in result.failures)


def _alike(result: Survey) -> list[list[str]]:
    """Return the hosts, those with the same answers together."""
    alike: dict[str, list[str]] = {}
    for host in dict.fromkeys(visit.host for visit in result.visits):
        answers = [
            (cell.failure.name, cell.visit.kind, cell.answer) for cell in result.cells if cell.visit.host == host
        ]
        alike.setdefault(repr(answers).replace(host, ""), []).append(host)
    return list(alike.values())
