"""A switch on two Regions: what it does in which order, what it loses, and that it continues after an interruption."""

from datetime import datetime

import pytest

from cli.deployed.stack_update import GOOD
from cli.switch.report import lost_text
from cli.switch.run import ALREADY, LEFT
from resilient_website.problems import InvalidTemplateError
from tests.cli.region_state import SITE, Database
from tests.cli.switching import (
    PRIMARY,
    SECONDARY,
    interrupted_everywhere,
    make_primary_a_replica,
    seen,
    switch,
)
from tests.cli.two_regions import World

MODES = ("PilotLight", "WarmStandby", "Backups")


def switched(mode: str) -> World:
    """Return a world whose secondary half is active after a planned switch, and whose primary half is its copy."""
    world = World(mode)
    switch(world, SECONDARY, is_planned=True)
    make_primary_a_replica(world)
    world.sleep(300)
    return world


def database(world: World, region: str) -> Database:
    found = world[region].database
    assert found
    return found


def secondary_of(world: World, region: str) -> dict[str, object]:
    """Return the group Secondary in a stack's template."""
    group: dict[str, object] = world[region].template["Resources"][SITE]["Properties"]["Secondary"]
    return group


@pytest.mark.parametrize("mode", MODES)
def test_unplanned_switch_needs_nothing_of_the_lost_region(mode: str) -> None:
    world = World(mode)
    world.lose(PRIMARY)
    world.sleep(600)
    switch(world, SECONDARY)
    assert {region for region, _ in world.calls} == {SECONDARY}
    assert world.dns() == SECONDARY
    assert world.status("https://www.example.com/health") == 200
    assert database(world, SECONDARY).source is None
    assert secondary_of(world, SECONDARY)["ActiveRegion"] == SECONDARY
    assert world[SECONDARY].stack_status in GOOD


@pytest.mark.parametrize("mode", ["PilotLight", "WarmStandby"])
@pytest.mark.parametrize("lag", [0, 3, 95])
def test_what_an_unplanned_switch_keeps_was_predicted(mode: str, lag: float) -> None:
    world = World(mode, lag=lag)
    world.sleep(1000)
    world.lose(PRIMARY)
    lost_at = world.now
    world.sleep(700)
    predicted = seen(world, SECONDARY).states[0].lost
    switch(world, SECONDARY)
    kept = database(world, SECONDARY).until
    assert predicted and predicted.until and kept
    assert predicted.until <= kept <= lost_at
    # The lag, a minute of CloudWatch, a minute until a silent source is noticed, and the rest of a minute.
    assert (lost_at - predicted.until).total_seconds() <= lag + 60 + 60 + 60


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("lag", [0, 3, 400])
def test_planned_switch_loses_nothing(mode: str, lag: float) -> None:
    world = World(mode, lag=lag)
    switch(world, SECONDARY, is_planned=True)
    stopped, kept = world[PRIMARY].stopped_at, database(world, SECONDARY).until
    assert isinstance(stopped, datetime)
    assert kept is not None
    assert kept >= stopped
    assert world[PRIMARY].instances == 0
    assert world[PRIMARY].launches
    assert [secondary_of(world, region)["ActiveRegion"] for region in (PRIMARY, SECONDARY)] == [SECONDARY, SECONDARY]


def test_planned_switch_promotes_through_the_stack() -> None:
    world = World()
    switch(world, SECONDARY, is_planned=True)
    assert (SECONDARY, "PromoteReadReplica") not in world.calls


@pytest.mark.parametrize("mode", ["PilotLight", "WarmStandby"])
def test_planned_switch_there_and_back_leaves_all_as_before(mode: str) -> None:
    before = World(mode).state()
    world = switched(mode)
    switch(world, PRIMARY, is_planned=True)
    world.sleep(600)
    after = world.state()
    # Both databases were made anew as replicas; the files that allow it have one line more, which stays.
    for region in (PRIMARY, SECONDARY):
        assert after[region]["template"]["Resources"][SITE]["Properties"]["Secondary"].pop("Replica")
    for state in (before, after):
        for region in (PRIMARY, SECONDARY):
            state[region]["database"].pop()
    assert after == before


@pytest.mark.parametrize("mode", ["PilotLight", "WarmStandby"])
def test_a_second_switch_there_makes_the_primary_half_a_replica_again(mode: str) -> None:
    world = switched(mode)
    switch(world, PRIMARY, is_planned=True)
    generation = database(world, PRIMARY).generation
    switch(world, SECONDARY, is_planned=True)
    assert world[PRIMARY].stack_status in GOOD
    assert world[SECONDARY].stack_status in GOOD
    assert database(world, SECONDARY).source is None
    replica = database(world, PRIMARY)
    assert (replica.source, replica.generation) == (world[PRIMARY].source_arn(), generation + 1)
    # And back, as the first time.
    switch(world, PRIMARY, is_planned=True)
    assert database(world, PRIMARY).source is None


def test_a_lost_region_that_is_back_keeps_what_only_its_database_has() -> None:
    world = switched("PilotLight")
    switch(world, PRIMARY, is_planned=True)
    world.lose(PRIMARY)
    world.sleep(600)
    switch(world, SECONDARY)
    world.dead.clear()
    world.calls.clear()
    with pytest.raises(InvalidTemplateError, match="save what only it has"):
        switch(world, SECONDARY, is_planned=True)
    assert world.changes() == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("is_planned", [False, True])
def test_interrupted_after_any_call_or_wait_it_continues(mode: str, is_planned: bool) -> None:
    world = World(mode)
    if not is_planned:
        world.lose(PRIMARY)
        world.sleep(600)
    undisturbed, calls = interrupted_everywhere(world, SECONDARY, is_planned=is_planned)
    assert len(undisturbed.changes()) < calls


@pytest.mark.parametrize("mode", ["PilotLight", "WarmStandby"])
def test_interrupted_failback_continues(mode: str) -> None:
    undisturbed, calls = interrupted_everywhere(switched(mode), PRIMARY, is_planned=True)
    assert len(undisturbed.changes()) < calls


@pytest.mark.parametrize("is_planned", [False, True])
def test_repeated_switch_changes_nothing(is_planned: bool) -> None:
    world = World()
    switch(world, SECONDARY, is_planned=is_planned)
    world.calls.clear()
    assert {result.state for result in switch(world, SECONDARY, is_planned=is_planned)} == {ALREADY}
    assert world.changes() == []


@pytest.mark.parametrize("is_planned", [False, True])
def test_dry_run_changes_nothing_and_names_all_steps(is_planned: bool) -> None:
    world = World()
    results = switch(world, SECONDARY, is_planned=is_planned, dry=True)
    assert world.changes() == []
    assert LEFT in {result.state for result in results}
    assert len({result.title for result in results}) == len(results) >= 5


@pytest.mark.parametrize("is_planned", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_site_without_a_database_switches(mode: str, is_planned: bool) -> None:
    world = World(mode, with_database=False)
    switch(world, SECONDARY, is_planned=is_planned)
    assert world.dns() == SECONDARY
    assert world.status("https://www.example.com/health") == 200


def test_planned_switch_that_was_begun_can_be_taken_back() -> None:
    world = World()
    before = world.state()
    # Stopped, and waiting for the lag.
    with pytest.raises(KeyboardInterrupt):
        world.interrupt_after = 60
        switch(world, SECONDARY, is_planned=True)
    assert world[PRIMARY].instances == 0
    switch(world, PRIMARY, is_planned=True)
    world.sleep(600)
    assert world.state() == before


def test_failback_to_a_database_that_is_no_replica_is_refused_before_anything_stops() -> None:
    world = World()
    switch(world, SECONDARY, is_planned=True)
    world.calls.clear()
    with pytest.raises(InvalidTemplateError, match=r"no replica of that in us-west-2.*Secondary\.Replica: true"):
        switch(world, PRIMARY, is_planned=True)
    assert world.changes() == []


def test_switch_back_to_stale_data_says_what_is_missing() -> None:
    world = World()
    switch(world, SECONDARY, is_planned=True)
    found = seen(world, PRIMARY, SECONDARY)
    assert "no replica: after a switch, what was written in us-west-2 since then is missing" in lost_text(
        found, found.states[0].half
    )
    assert "loses nothing" in lost_text(found, found.states[1].half)


def test_unplanned_switch_reconciles_with_a_drift_aware_change_set() -> None:
    world = World()
    switch(world, SECONDARY)
    assert world[SECONDARY].stack_status in GOOD
    assert ("us-west-2", "PromoteReadReplica") in world.calls
    assert database(world, SECONDARY).generation == 1


def test_lost_region_that_is_back_becomes_the_standby_half() -> None:
    world = World()
    world.lose(PRIMARY)
    world.sleep(600)
    switch(world, SECONDARY)
    world.dead.clear()
    world.calls.clear()
    switch(world, SECONDARY, is_planned=True)
    world.sleep(600)
    assert secondary_of(world, PRIMARY)["ActiveRegion"] == SECONDARY
    assert world[PRIMARY].instances == 0
    assert {region for region, _ in world.changes()} == {PRIMARY}


def test_signal_that_was_left_in_a_lost_region_is_removed_when_it_is_back() -> None:
    world = switched("PilotLight")
    world.lose(SECONDARY)
    world.sleep(600)
    world.calls.clear()
    switch(world, PRIMARY)
    assert {region for region, _ in world.calls} == {PRIMARY}
    assert world.dns() == PRIMARY
    world.dead.clear()
    assert world.dns() == SECONDARY
    switch(world, PRIMARY, is_planned=True)
    assert world.dns() == PRIMARY


def test_promoted_by_somebody_else_the_unplanned_switch_completes_and_the_planned_one_is_refused() -> None:
    world = World()
    world[SECONDARY].promoted()
    world.sleep(300)
    with pytest.raises(InvalidTemplateError, match="no replica of that in us-east-1"):
        switch(world, SECONDARY, is_planned=True)
    assert world[PRIMARY].instances
    switch(world, SECONDARY)
    assert secondary_of(world, SECONDARY)["ActiveRegion"] == SECONDARY


def test_update_that_failed_after_the_promotion_is_repeated() -> None:
    world = World()
    world[SECONDARY].fail_updates = True
    with pytest.raises(InvalidTemplateError, match=r"the update of the stack failed .*run the same command again"):
        switch(world, SECONDARY, is_planned=True)
    assert database(world, SECONDARY).source is None
    assert world.dns() == PRIMARY
    world[SECONDARY].fail_updates = False
    switch(world, SECONDARY, is_planned=True)
    assert world.dns() == SECONDARY
    assert secondary_of(world, SECONDARY)["ActiveRegion"] == SECONDARY
    assert database(world, SECONDARY).generation == 1
