"""A switch to a Region that has only backups: it creates the half there, and says what it needs for it."""

import copy
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from cli.deployed.tools import tools_of
from cli.switch import command
from cli.switch.half import ABSENT
from cli.switch.report import lost_text, next_lines, survey_json, table
from cli.switch.run import LEFT
from resilient_website.problems import InvalidTemplateError
from tests.cli.aws_in_memory import in_place, real_client
from tests.cli.region_state import SITE
from tests.cli.switching import PRIMARY, SECONDARY, make_primary_a_replica, seen, switch
from tests.cli.two_regions import STACK, World


@pytest.fixture
def world() -> World:
    return World("Backups")


def file_of(world: World, folder: Path, change: Any) -> Path:
    """Return the site's file with a change of the template."""
    template = copy.deepcopy(world.file)
    change(template)
    path = folder / "site.json"
    path.write_text(json.dumps(template))
    return path


def group_of(template: Any) -> Any:
    return template["Resources"][SITE]["Properties"]["Secondary"]


def test_status_shows_until_when_the_database_can_be_restored(world: World) -> None:
    state = seen(world, SECONDARY, PRIMARY)
    (there, here) = survey_json(state)["halves"]
    assert (there["stackStatus"], there["servers"], there["activeRegion"]) == (ABSENT, None, None)
    assert there["wouldBeLost"]["seconds"] == 300
    assert here["servers"]["healthy"] == 2
    console = Console(width=200, record=True, file=StringIO())
    console.print(table(state))
    assert f"restorable until {state.states[0].lost.until:%Y-%m-%d %H:%M}" in console.export_text()  # type: ignore[union-attr]
    assert "at most the last 300 s" in lost_text(state, state.states[0].half)


@pytest.mark.parametrize(("minutes", "old"), [(50, False), (56, True)])
def test_status_says_that_backups_are_old(world: World, minutes: int, old: bool) -> None:
    world.lose(PRIMARY)
    world.sleep(minutes * 60)
    console = Console(width=300, record=True, file=StringIO())
    console.print(table(seen(world, SECONDARY)))
    assert ("If the backups are no longer replicated" in console.export_text()) is old


def test_nothing_after_the_latest_backup_is_kept_and_nothing_before_it_is_lost(world: World) -> None:
    world.sleep(1000)
    world.lose(PRIMARY)
    lost_at = world.now
    world.sleep(600)
    predicted = seen(world, SECONDARY).states[0].lost
    switch(world, SECONDARY)
    kept = world[SECONDARY].database
    assert kept and predicted
    assert kept.until == predicted.until
    assert kept.until and (lost_at - kept.until).total_seconds() == 300


@pytest.mark.parametrize("is_planned", [False, True])
def test_dry_run_names_all_steps_and_creates_nothing(world: World, is_planned: bool) -> None:
    results = switch(world, SECONDARY, is_planned=is_planned, dry=True)
    assert world.changes() == []
    assert {result.state for result in results} == {LEFT}
    assert any("create the stack in us-west-2" in result.title for result in results)
    assert len(results) == (8 if is_planned else 4)


def test_creation_that_fails_keeps_the_database_and_is_continued(world: World) -> None:
    world.lose(PRIMARY)
    world[SECONDARY].fail_creations = True
    with pytest.raises(InvalidTemplateError, match=r"the creation of the stack failed .*run the same command again"):
        switch(world, SECONDARY)
    database = world[SECONDARY].database
    assert world.dns() == PRIMARY
    world[SECONDARY].fail_creations = False
    switch(world, SECONDARY)
    assert world[SECONDARY].database is database
    assert world.dns() == SECONDARY


def no_mode(template: Any) -> None:
    del group_of(template)["Mode"]


def earlier(template: Any) -> None:
    group_of(template)["RestoreTime"] = "2026-03-01T00:10:00Z"


def test_restore_to_an_earlier_time_is_no_planned_switch(world: World, tmp_path: Path) -> None:
    path = file_of(world, tmp_path, earlier)
    with pytest.raises(InvalidTemplateError, match="RestoreTime: found 2026-03-01T00:10:00Z, but a planned switch"):
        switch(world, SECONDARY, is_planned=True, file=path)
    assert world.changes() == []
    switch(world, SECONDARY, file=path)
    assert group_of(world[SECONDARY].template)["RestoreTime"] == "2026-03-01T00:10:00Z"


def test_command_says_what_an_earlier_time_loses(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "tools_of", lambda session: replace(tools_of(session), client=real_client))
    path = str(file_of(world, tmp_path, earlier))
    with in_place(world):
        arguments = [STACK, "--to", SECONDARY, "--file", path, "--parameter", "Team=web", "--dry-run"]
        done = CliRunner().invoke(command.switch, arguments)
    assert done.exit_code == 0, done.output
    assert "restores the database as it was at 2026-03-01T00:10:00Z" in done.output


def missing_value(template: Any) -> None:
    template["Parameters"]["Other"] = {"Type": "String"}


def refused_by_the_macro(template: Any) -> None:
    template["Resources"][SITE]["Properties"]["WebServers"] = {"MinSize": 9, "MaxSize": 3}


def no_site(template: Any) -> None:
    template["Resources"] = {"Topic": {"Type": "AWS::SNS::Topic"}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (no_mode, "Mode: PilotLight"),
        (missing_value, "--parameter Other=VALUE"),
        (refused_by_the_macro, "WebServers"),
        (no_site, "no Secondary"),
    ],
)
@pytest.mark.parametrize("is_planned", [False, True])
def test_file_that_can_not_be_deployed_stops_nothing(
    world: World, tmp_path: Path, change: Any, said: str, is_planned: bool
) -> None:
    with pytest.raises(InvalidTemplateError, match=said):
        switch(world, SECONDARY, is_planned=is_planned, file=file_of(world, tmp_path, change))
    assert world.changes() == []


def test_way_back_leaves_the_recovered_half_to_be_deleted(world: World) -> None:
    switch(world, SECONDARY, is_planned=True)
    make_primary_a_replica(world)
    world.sleep(300)
    there = world[SECONDARY]
    before = copy.deepcopy(there.template)
    switch(world, PRIMARY, is_planned=True)
    assert world.dns() == PRIMARY
    assert (there.instances, there.template) == (0, before)
    halves = [state.half for state in seen(world, PRIMARY, SECONDARY).states]
    assert any("Delete the stack my-site in us-west-2" in line for line in next_lines(halves[0], halves[1]))


def test_planned_switch_that_was_begun_can_be_taken_back(world: World) -> None:
    before = world.state()
    world.interrupt_after = 60
    with pytest.raises(KeyboardInterrupt):
        switch(world, SECONDARY, is_planned=True)
    assert world[PRIMARY].instances == 0
    switch(world, PRIMARY, is_planned=True)
    world.sleep(600)
    assert world.state() == before
