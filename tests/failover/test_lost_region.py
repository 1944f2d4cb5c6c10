"""A Region is lost, its copy takes over, and it comes back: clients get what the availability model says.

The parts build on one another; what each is about, is in lost_region.py.
"""

from collections.abc import Callable, Iterator

import pytest
from rich.console import Console

from tests.failover.lost_region import PARTS, TITLE, Story, story_of
from tests.failover.report import table
from tests.failover.trial import Row
from tests.sites import Installation


@pytest.fixture(scope="module")
def rows() -> Iterator[list[Row]]:
    """Collect the rows of all parts, and print them at the end."""
    found: list[Row] = []
    yield found
    Console(width=160).print(table(TITLE, found))


@pytest.fixture(scope="module")
def story(
    installation: Installation, ireland: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    with story_of(installation, ireland, tmp_path_factory.mktemp("halves") / "run") as running:
        yield running


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_clients_get_what_the_model_says(part: Callable[[Story], list[Row]], story: Story, rows: list[Row]) -> None:
    found = part(story)
    rows += found
    wrong = [f"{row.request}: {row.problems}\n  said: {row.said}\n  seen: {row.seen}" for row in found if row.problems]
    assert not wrong, "\n".join(wrong)
