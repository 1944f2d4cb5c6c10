"""A graph keeps what functions found in it, and nothing else keeps the graph."""

import gc
import weakref
from dataclasses import replace
from pathlib import Path

from cli.analysis.availability import graph
from cli.analysis.availability.failures import failures
from cli.analysis.availability.graph import Graph, answered_once
from cli.analysis.availability.model import answer
from cli.analysis.availability.visits import visits
from tests.availability.templates import example as expanded_example
from tests.availability.templates import site


def test_function_is_called_once_for_the_same_arguments_of_a_graph() -> None:
    calls: list[tuple[Graph, int]] = []

    @answered_once
    def doubled(made: Graph, number: int) -> int:
        calls.append((made, number))
        return 2 * number

    first = graph.read(site(), "us-east-1", {})
    second = replace(first, settled=True)
    assert [doubled(made, number) for made in (first, second, first) for number in (1, 2, 1)] == [2, 4, 2] * 3
    assert [(made is first, number) for made, number in calls] == [(True, 1), (True, 2), (False, 1), (False, 2)]


def test_graph_is_freed_with_its_answers(example: Path) -> None:
    made = graph.read(expanded_example(example.stem), "us-east-1", {})
    for failure in failures(made):
        for visit in visits(made):
            answer(made, failure, visit)
    freed = weakref.ref(made)
    del made
    gc.collect()
    assert freed() is None
