"""Tries mutants in processes, each with its own copy of the project.

A module of its own, since a process that multiprocessing starts does not import `__main__.py`.
"""

import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tools.coverage.measurement import DATA, LIBRARIES, read
from tools.coverage.workspace import copy_project
from tools.forking.template import Template
from tools.mutation.mutants import Mutant
from tools.mutation.selection import Selection
from tools.mutation.trial import Verdict, attempt, confirm


def tried(
    folder: Path, left: list[Mutant], processes: int, noticed_by: Mapping[str, str] | None = None
) -> Iterator[Verdict]:
    """Yield the verdicts as they are found. The copies of the project are below a folder.

    `noticed_by` has the test to try each mutant with, by the mutant's name; without it, they are tried with the tests
    that were measured to execute their lines.
    """
    context = multiprocessing.get_context("spawn")
    places = context.Queue()
    for number in range(processes):
        places.put(str(copy_project(folder / f"copy{number}")))
    with ProcessPoolExecutor(processes, context, _begin, (places,)) as pool:
        by = noticed_by or {}
        for done in as_completed([pool.submit(_attempt, mutant, by.get(mutant.name)) for mutant in left]):
            yield done.result()


class _Worker:
    """What a process of the pool works with, once it has begun."""

    folder: Path
    template: Template
    selection: Selection | None = None


def _begin(places: "multiprocessing.Queue[str]") -> None:
    _Worker.folder = Path(places.get())
    _Worker.template = Template(LIBRARIES)


def _attempt(mutant: Mutant, by: str | None) -> Verdict:
    if by is not None:
        return confirm(_Worker.template, _Worker.folder, mutant, by)
    if _Worker.selection is None:
        _Worker.selection = Selection(_Worker.folder, DATA, read(DATA))
    return attempt(_Worker.template, _Worker.folder, mutant, _Worker.selection)
