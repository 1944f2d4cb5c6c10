"""What the tests of `switch` share: they run its steps on a world of two Regions."""

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest

from cli.deployed.site import SiteName
from cli.switch import site_file
from cli.switch.half import find_half
from cli.switch.run import Result
from cli.switch.survey import Survey, survey
from cli.switch.switchover import SwitchRequest, execute, prepare, preview
from resilient_website.expand import expand_template
from tests.cli.region_state import PRIMARY, SECONDARY, SITE
from tests.cli.two_regions import STACK, Interrupted, World, in_place
from tests.kept import kept

NAME = SiteName(STACK)


@contextmanager
def file_of(world: World) -> Iterator[Path]:
    """Write the site's own file, as long as the context lasts."""
    with TemporaryDirectory() as folder:
        own = Path(folder) / "site.json"
        own.write_text(json.dumps(world.file))
        yield own


def switch(
    world: World, to: str, *, is_planned: bool = False, dry: bool = False, file: Path | None = None
) -> tuple[Result, ...]:
    """Switch as the command does, without questions; from the site's own file, if no other is given."""
    tools = world.tools()
    with in_place(world), nullcontext(file) if file else file_of(world) as given:
        request = SwitchRequest(NAME, to, is_planned, given, {"Team": "web"})
        switchover = prepare(tools, request)
        return preview(tools, switchover, request) if dry else execute(tools, switchover, request)


def seen(world: World, *regions: str) -> Survey:
    """Return the state of the halves in these Regions."""
    tools = world.tools()
    with in_place(world):
        return survey(tools, tuple(find_half(tools.client, NAME, region) for region in regions))


def operations() -> list[str]:
    """Return every operation that a planned and an unplanned switch ask."""
    asked = set()
    for is_planned in (False, True):
        world = World()
        switch(world, SECONDARY, is_planned=is_planned)
        asked |= {operation for _, operation in world.calls}
    return sorted(asked)


def make_primary_a_replica(world: World) -> None:
    """Deploy Secondary.Replica: true to the primary Region, while the secondary half is active."""
    half = world[PRIMARY]
    assert half.database
    group: dict[str, Any] = half.template["Resources"][SITE]["Properties"]["Secondary"]
    group["Replica"] = True
    half.database.source, half.templated_source = half.source_arn(), True
    half.database.generation += 1


def interrupted_at(world: World, beat: int, to: str, *, is_planned: bool, file: Path) -> None:
    """Switch, interrupted after `beat` calls; then again, to the end."""
    world.interrupt_after = len(world.beats) + beat
    with pytest.raises(Interrupted):
        switch(world, to, is_planned=is_planned, file=file)
    switch(world, to, is_planned=is_planned, file=file)


@contextmanager
def expanded_once() -> Iterator[None]:
    """Let `switch` expand the same file with the same parameters once: it does so at each start, to refuse it early."""
    with patch.object(site_file, "expand_template", kept(64)(expand_template)):
        yield


def interrupted_everywhere(before: World, to: str, *, is_planned: bool) -> tuple[World, int]:
    """Check that a switch which is interrupted after any call or wait, and run again, ends as one that is not.

    `before` is the world before it, in which nothing is due. Of the calls between two changes, which only read and
    wait, those at the beginning and the end are interrupted. Returns the world of the switch without interruption, and
    how many calls it made.
    """
    assert before.is_settled, "what is due can't be copied"
    undisturbed = copy.deepcopy(before)
    with file_of(undisturbed) as file, expanded_once():
        switch(undisturbed, to, is_planned=is_planned, file=file)
        beats = undisturbed.beats[len(before.beats) :]
        undisturbed.sleep(600)
        for beat in _ends(beats):
            disturbed = copy.deepcopy(before)
            interrupted_at(disturbed, beat, to, is_planned=is_planned, file=file)
            disturbed.sleep(600)
            assert disturbed.state() == undisturbed.state(), f"interrupted after {beat}"
    return undisturbed, len(beats)


def _ends(beats: Sequence[object]) -> list[int]:
    """Return the places, from one on, where a run of equal ones begins or ends."""
    last = len(beats) - 1
    return [
        number + 1
        for number, beat in enumerate(beats)
        if number in (0, last) or beat != beats[number - 1] or beat != beats[number + 1]
    ]


__all__ = ["PRIMARY", "SECONDARY", "interrupted_everywhere", "make_primary_a_replica", "seen", "switch"]
