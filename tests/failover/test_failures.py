"""Every failure that can be caused here, under clients that keep asking: the model must say what they get, and when.

What each is caused by is in causes.py, and what is weaker than on AWS in the package's docstring. The table of all that
was seen is printed at the end of a topology (`pytest -s`), or by `python -m tests.failover`.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from rich.console import Console

from cli.analysis.availability import failures, graph
from cli.analysis.availability.failures import Failure
from resilient_website.facts.regions import DEFAULT_REGION
from tests.availability.templates import example
from tests.failover.causes import CAUSES, NOT_HERE
from tests.failover.report import table
from tests.failover.run import Running, failing, running
from tests.failover.stores import Stores
from tests.failover.topologies import TOPOLOGIES
from tests.failover.trial import Row, tried
from tests.sites import Installation
from tools.repository import ROOT

CASES = [(topology, failure) for topology in TOPOLOGIES for failure in failing(topology)]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with Stores(tmp_path_factory.mktemp("stores") / "run") as started:
        yield started


class Sites:
    """One topology at a time, deployed once for all of its failures; prints the table of what was seen at its end."""

    def __init__(self, installation: Installation, stores: Stores) -> None:
        self._installation = installation
        self._stores = stores
        self._topology = ""
        self._open = ExitStack()

    def up(self, topology: str) -> Running:
        if topology != self._topology:
            self.close()
            self.rows: list[Row] = []
            self._running = self._open.enter_context(running(self._installation, topology, self._stores))
            self._topology = topology
        return self._running

    def close(self) -> None:
        self._open.close()
        if self._topology:
            Console(width=160).print(table(self._topology, self.rows))
        self._topology = ""


@pytest.fixture(scope="module")
def sites(installation: Installation, stores: Stores) -> Iterator[Sites]:
    made = Sites(installation, stores)
    yield made
    made.close()


@pytest.mark.parametrize(("topology", "failure"), CASES)
def test_model_says_what_clients_get(topology: str, failure: str, sites: Sites) -> None:
    up = sites.up(topology)
    found = tried(up.scene, up.clients, failure)
    sites.rows += found
    wrong = [
        f"{row.request}: {problem}\n  said: {row.said}\n  seen: {row.seen}" for row in found for problem in row.problems
    ]
    assert not wrong, "\n".join([failure, *wrong])


def test_every_failure_of_the_model_is_caused_or_explained() -> None:
    listed = {value.name for value in vars(failures).values() if isinstance(value, Failure)} | {failures.ZONE}
    examples: list[Path] = sorted((ROOT / "examples").glob("*.yaml"))
    graphs = [graph.read(example(path.stem), DEFAULT_REGION, {}) for path in examples]
    surveyed = {failure.name for made in graphs for failure in failures.failures(made)}
    assert surveyed == listed
    assert {*CAUSES, *NOT_HERE} == listed
    assert not CAUSES.keys() & NOT_HERE.keys()
    assert {failure for _, failure in CASES} == CAUSES.keys()
