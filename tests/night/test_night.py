"""The night on call, scene by scene: the commands of the runbook bring the site back.

What each scene is about is in scenes.py, and what is weaker than on AWS in the package's docstring.
"""

from collections.abc import Callable, Iterator

import pytest
from rich.console import Console

from tests.night.night import Night
from tests.night.report import table
from tests.night.scenes import SCENES, Row
from tests.sites import Installation


@pytest.fixture(scope="module")
def rows() -> Iterator[list[Row]]:
    """Collect the rows, and print them at the end."""
    found: list[Row] = []
    yield found
    Console(width=160).print(table(found))


@pytest.fixture(scope="module")
def night(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    with Night(installation, tmp_path_factory.mktemp("night") / "run") as running:
        yield running


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_runbook_brings_the_site_back(scene: Callable[[Night], Row], night: Night, rows: list[Row]) -> None:
    row = scene(night)
    rows.append(row)
    assert row.asked > row.failed
