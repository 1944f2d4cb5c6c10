"""Where in the macro problems are made: all the places, and those that a refusal of a template came from."""

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import resilient_website
from resilient_website.cloudformation.input_limits import check_values
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem
from tools.reference.catalogue import ACCOUNT

PACKAGE = Path(resilient_website.__file__).parent

METHODS = ("problem", "refuse")

# What runs on servers and in functions refuses requests, and no templates.
ELSEWHERE = ("instance", "inline")


@dataclass(frozen=True, order=True)
class Place:
    """A call that makes a problem, or hands it on to one that does."""

    file: str
    line: int
    end: int = field(compare=False)

    def __str__(self) -> str:
        return f"macros/resilient_website/{self.file}:{self.line}"


def places() -> list[Place]:
    """Return every call of `Problem(...)`, `reader.problem(...)` and `self.refuse(...)` in the macro."""
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE).parts[0] not in ELSEWHERE]
    return [place for path in paths for place in _places_of(path)]


def _places_of(path: Path) -> Iterator[Place]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        method = isinstance(called, ast.Attribute) and called.attr in METHODS
        if method or (isinstance(called, ast.Name) and called.id == "Problem"):
            yield Place(str(path.relative_to(PACKAGE)), node.lineno, node.end_lineno or node.lineno)


@dataclass(frozen=True)
class Traced:
    """A problem, and the places that it came through: the call that made it first."""

    problem: Problem
    through: tuple[Place, ...]


def refused(template: Any, values: dict[str, Any], region: str, known: list[Place]) -> list[Traced]:
    """Return the problems for which a template is refused; none if it is not."""
    with _recorded(known) as recorded:
        try:
            check_values(values)
            expand_template(template, values, region, account=ACCOUNT)
        except InvalidTemplateError as error:
            return [Traced(problem, recorded[id(problem)][1]) for problem in error.problems]
    return []


@contextmanager
def _recorded(known: list[Place]) -> Iterator[dict[int, tuple[Problem, tuple[Place, ...]]]]:
    """Note the stack under which each problem is made. The problems are kept, so that no id is used again."""
    recorded: dict[int, tuple[Problem, tuple[Place, ...]]] = {}
    make = Problem.__init__

    def noting(self: Problem, *args: Any, **keywords: Any) -> None:
        make(self, *args, **keywords)
        recorded[id(self)] = (self, tuple(_stack(known)))

    with mock.patch.object(Problem, "__init__", noting):
        yield recorded


def _stack(known: list[Place]) -> Iterator[Place]:
    frame = sys._getframe(2)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(PACKAGE):
            file = str(path.relative_to(PACKAGE))
            yield from (place for place in known if place.file == file and place.line <= frame.f_lineno <= place.end)
        if frame.f_back is None:
            return
        frame = frame.f_back
