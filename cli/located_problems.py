"""Problems with their place in a file, as in `site.yaml:12:7`, and as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from resilient_website.problems import Fix, Problem

if TYPE_CHECKING:
    from cli.template_positions import Positions


@dataclass(frozen=True)
class Place:
    """A place in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class LocatedProblem(Problem):
    """A problem with its place."""

    place: Place

    def __str__(self) -> str:
        text = super().__str__().removeprefix(f"{self.place.file}: ")
        return f"{self.place}: {text}"


class Places:
    """The places of problems in the files that a command has read; `texts` are the files' by name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    @cached_property
    def _files(self) -> dict[str, "Positions"]:
        from cli.template_positions import Positions  # noqa: PLC0415  # only a problem needs it

        return {name: Positions(text) for name, text in self._texts.items()}

    def located(self, problem: Problem) -> Problem:
        """Return a problem with its place if it is in one of the files.

        With several files, its path begins with the file's name, as in `new.yaml: Resources.Site`.
        """
        if isinstance(problem, LocatedProblem) or not self._texts:
            return problem
        for name, positions in self._files.items():
            path = problem.path.removeprefix(f"{name}: ")
            found = positions.of(path) if path != problem.path or len(self._files) == 1 else None
            if found is not None:
                return LocatedProblem(path, problem.found, problem.fix, Place(name, *found))
        return problem


def remember(name: str, text: str) -> None:
    """Note a file that the running command has read, for the places of its problems."""
    context = click.get_current_context(silent=True)
    if context is not None:
        context.meta.setdefault(__name__, {})[name] = text


def places() -> Places:
    """Return the places of problems in the files that the running command has read."""
    context = click.get_current_context(silent=True)
    return Places(context.meta.get(__name__, {}) if context is not None else {})


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON: its place, what was found, what is allowed and how to fix it.

    `allowed` is null where the fix does not list it; file, line and column are null for what is in no file.
    """
    place = problem.place if isinstance(problem, LocatedProblem) else None
    return {
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "path": problem.path,
        "found": problem.found,
        "allowed": problem.fix.allowed if isinstance(problem.fix, Fix) else None,
        "fix": problem.fix,
    }
