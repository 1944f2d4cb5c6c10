"""The command `switch`: what it shows, asks and refuses, and its page in the documentation."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result

from cli.deployed.tools import AGAIN, Tools, tools_of
from cli.interruption import INTERRUPTED
from cli.main import main
from cli.switch import command
from resilient_website.problems import InvalidTemplateError
from tests.cli.switching import PRIMARY, SECONDARY, operations, switch
from tests.cli.two_regions import Interrupted, World, in_place
from tools.repository import ROOT


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Return a world that the command asks, with its time."""
    made = World()
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    def tools(session: boto3.Session) -> Tools:
        return replace(made.tools(), say=tools_of(session).say)

    monkeypatch.setattr(command, "tools_of", tools)
    with in_place(made):
        yield made


def invoke(*arguments: str, answer: str | None = None) -> Result:
    """Run the command; without an answer, there is no terminal to ask on."""
    return CliRunner(mix_stderr=False).invoke(main, ["switch", *arguments], input=answer)


def test_status_shows_both_halves_the_lag_and_what_would_be_lost(world: World) -> None:
    shown = invoke("status", "my-site", "--region", SECONDARY)
    assert shown.exit_code == 0, shown.stderr
    assert "visitors get us-east-1" in shown.stdout
    assert "takes writes" in shown.stdout
    assert "replica, replication replicating, lag 3 s" in shown.stdout
    assert "2 healthy of 2; 2 while active" in shown.stdout
    assert "A switch to us-west-2 now loses what was written after 2026-03-01 00:57:57 UTC" in shown.stdout
    assert world.changes() == []


@pytest.mark.parametrize("region", [PRIMARY, SECONDARY])
def test_status_as_json_is_the_same_from_either_region(world: World, region: str) -> None:
    status = json.loads(invoke("status", "my-site:Shop", "--region", region, "--json").stdout)
    halves = {half["region"]: half for half in status["halves"]}
    assert status["visitorsGet"] == PRIMARY
    assert halves[PRIMARY]["wouldBeLost"] is None
    lost = halves[SECONDARY]["wouldBeLost"]
    # At 01:00:30: the last whole minute begins at 00:59, a lag of 3 s, and 60 s until a silent source is noticed.
    assert lost["seconds"] == 90 + world.lag + 60
    assert lost["transactions"] is None
    assert halves[SECONDARY]["database"]["lagSeconds"] == world.lag


def servers(world: World, region: str) -> dict[str, Any]:
    """Return the properties of the site's servers in the template of a Region's stack."""
    found: dict[str, Any] = world[region].template["Resources"]["Shop"]["Properties"].setdefault("WebServers", {})
    return found


def test_status_says_nothing_of_halves_with_the_same_file(world: World) -> None:
    world[SECONDARY].template["Resources"]["Shop"]["Properties"]["Secondary"]["ActiveRegion"] = SECONDARY
    assert "different templates" not in invoke("status", "my-site", "--region", SECONDARY).stdout
    status = json.loads(invoke("status", "my-site", "--region", PRIMARY, "--json").stdout)
    assert status["templates"] == {"differing": [], "behind": None}


@pytest.mark.parametrize("behind", [PRIMARY, SECONDARY])
def test_status_says_which_half_is_behind_and_in_what(world: World, behind: str) -> None:
    for region in (PRIMARY, SECONDARY):
        servers(world, region)["MaxSize"] = 6 if region == behind else 12
        world[region].updated_at = world.now - timedelta(days=1 if region == behind else 0, hours=1)
    shown = " ".join(invoke("status", "my-site", "--region", SECONDARY).stdout.split())
    assert "Resources.Shop.Properties.WebServers.MaxSize" in shown
    assert f"{behind}: 6" in shown
    assert f"{behind} is behind" in shown
    status = json.loads(invoke("status", "my-site", "--region", SECONDARY, "--json").stdout)
    assert status["templates"]["behind"] == behind
    (found,) = status["templates"]["differing"]
    assert found["values"][behind] == "6"


def test_status_compares_what_parameters_give_of_the_same_file(world: World) -> None:
    for region, size in ((PRIMARY, "db.r7g.large"), (SECONDARY, "db.t4g.small")):
        database = {"Type": "AWS::RDS::DBInstance", "Properties": {"DBInstanceClass": {"Ref": "Class"}}}
        world[region].expanded = {"ShopDatabase": database}
        world[region].parameters["Class"] = size
    shown = " ".join(invoke("status", "my-site", "--region", SECONDARY).stdout.split())
    assert "ShopDatabase.DBInstanceClass (us-west-2: db.t4g.small, us-east-1: db.r7g.large)" in shown
    # Neither stack was updated before the other one.
    assert "Deploy the same file to both Regions" in shown


def declared_text(*parts: Any) -> dict[str, Any]:
    """Return the resources of a half that declares this."""
    value = {"Fn::Join": ["", ["Version=1\n", *parts]]}
    return {"ShopDeclared": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": value}}}


@pytest.mark.parametrize(
    ("parts", "values", "key"),
    [
        (["Application.Key=", {"Ref": "Release"}, "\n"], ("shop-2.zip", "shop-1.zip"), "Shop.Application.Key"),
        (
            ["Application.Image=", {"Fn::Sub": "registry.example.com/shop:${Release}"}, "\n"],
            ("1.5.0", "1.4.0"),
            "Shop.Application.Image",
        ),
        (["Application.Key=", {"Ref": "Release"}, "\n"], ("shop-1.zip", "shop-1.zip"), None),
        (
            ["Application.Image=", {"Ref": "Release"}, "\n"],
            tuple(f"123456789012.dkr.ecr.{region}.amazonaws.com/shop:1" for region in (PRIMARY, SECONDARY)),
            None,
        ),
    ],
)
def test_status_compares_the_applications_that_parameters_give(
    world: World, parts: list[Any], values: tuple[str, str], key: str | None
) -> None:
    for region, release in zip((PRIMARY, SECONDARY), values, strict=True):
        world[region].expanded = declared_text(*parts)
        world[region].parameters["Release"] = release
    status = json.loads(invoke("status", "my-site", "--region", SECONDARY, "--json").stdout)
    assert [each["path"] for each in status["templates"]["differing"]] == ([key] if key else [])


def test_status_says_which_region_does_not_answer(world: World) -> None:
    world.lose(PRIMARY)
    status = json.loads(invoke("status", "my-site", "--region", SECONDARY, "--json").stdout)
    assert [half["region"] for half in status["halves"]] == [SECONDARY]
    assert status["unread"][0]["region"] == PRIMARY
    assert "does not answer" in status["unread"][0]["reason"]


def test_switch_asks_first_and_a_no_changes_nothing(world: World) -> None:
    refused = invoke("my-site", "--to", SECONDARY, answer="n\n")
    assert refused.exit_code == 1
    assert "now loses what was written after" in refused.stderr
    assert "Switch to us-west-2?" in refused.stderr
    assert world.changes() == []


def test_switch_says_what_to_write_into_the_file(world: World) -> None:
    done = invoke("my-site", "--to", SECONDARY, answer="y\n")
    assert done.exit_code == 0, done.stderr
    assert "my-site:Shop is served from us-west-2." in done.stdout
    assert "ActiveRegion: us-west-2 in Secondary" in done.stdout
    assert world.dns() == SECONDARY


def test_dry_run_shows_steps_in_order_without_a_question(world: World) -> None:
    shown = invoke("my-site", "--to", SECONDARY, "--planned", "--dry-run", "--json")
    assert shown.exit_code == 0, shown.stderr
    steps = [step["step"] for step in json.loads(shown.stdout)["steps"]]
    first_words = ["stop", "wait", "update", "start", "turn", "check", "update", "let"]
    assert [step.split()[0] for step in steps] == first_words
    assert "Steps" in invoke("my-site", "--to", SECONDARY, "--dry-run").stdout
    assert world.changes() == []


def test_json_of_a_switch_has_every_step(world: World) -> None:
    done = json.loads(invoke("my-site", "--to", SECONDARY, "--yes", "--json").stdout)
    assert [step["state"] for step in done["steps"]] == ["done"] * 5
    assert done["state"]["stack"] == "my-site"
    assert world.status("https://www.example.com/health") == 200


def test_machine_that_does_not_see_the_site_can_leave_the_check_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "addresses", lambda _: frozenset())
    failed = invoke("my-site", "--to", SECONDARY, "--yes")
    assert failed.exit_code == 1
    assert "the site through active.www.example.com: not reached after 20 minutes" in failed.stderr
    assert "--no-check if only this machine does not see it" in failed.stderr
    done = invoke("my-site", "--to", SECONDARY, "--yes", "--no-check")
    assert done.exit_code == 0, done.stderr
    assert "As soon as us-east-1 answers again: switch my-site:Shop --to us-west-2 --planned" in done.stdout


def test_interruption_says_how_to_continue(world: World) -> None:
    world.interrupt_after = 40
    stopped = invoke("my-site", "--to", SECONDARY, "--yes")
    assert stopped.exit_code == INTERRUPTED
    assert f"Interrupted; to continue, {AGAIN}." in stopped.stderr


def test_interruption_is_what_a_person_does() -> None:
    assert issubclass(Interrupted, KeyboardInterrupt)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("other", "--to", SECONDARY), "SITE: us-west-2 has no stack other; give the name"),
        (("my-site:Sop", "--to", SECONDARY), "has no site Sop; did you mean Shop?"),
    ],
)
def test_wrong_names_are_refused(world: World, arguments: tuple[str, ...], said: str) -> None:
    refused = invoke(*arguments)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert world.changes() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("my-site",),
        ("one", "two", "--to", SECONDARY),
        ("status", "my-site", "--to", SECONDARY),
        ("status", "my-site", "--region", SECONDARY, "--yes"),
    ],
)
def test_command_lines_without_a_meaning_are_refused(arguments: tuple[str, ...]) -> None:
    assert invoke(*arguments).exit_code == 2


def test_a_region_without_the_site_is_refused(world: World) -> None:
    # A half in us-east-1 that has no copy.
    world[PRIMARY].GetTemplate = lambda **_: {"TemplateBody": "{}"}  # type: ignore[method-assign]
    refused = invoke("my-site", "--to", PRIMARY)
    assert "my-site:Shop in us-east-1: it has no copy elsewhere" in refused.stderr


PAGE = (ROOT / "docs/switch.md").read_text()

# Where the IAM action is not the operation's name. Source: the Service Authorization Reference.
ACTIONS = {"ListObjectsV2": "ListBucket"}


def test_the_documented_policy_allows_what_a_switch_calls_and_no_more() -> None:
    (policy,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (statement,) = json.loads(policy)["Statement"]
    allowed = {action.partition(":")[2] for action in statement["Action"]}
    called = set(operations())
    world = World("Backups")
    switch(world, SECONDARY, is_planned=True)
    called |= {operation for _, operation in world.calls}
    world[SECONDARY].fail_updates = True
    world = World()
    world[SECONDARY].fail_updates = True
    with pytest.raises(InvalidTemplateError):
        switch(world, SECONDARY)
    called |= {operation for _, operation in world.calls}
    # The way back.
    called.add("DeleteObject")
    assert {ACTIONS.get(operation, operation) for operation in called} == allowed


def test_every_section_that_a_message_names_exists() -> None:
    sources = (ROOT / "cli/switch").rglob("*.py")
    named = {name for path in sources for name in re.findall(r"docs/switch\.md, '([^']+)'", path.read_text())}
    assert len(named) >= 5
    assert named <= set(re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE))


def test_every_command_of_the_page_is_understood(world: World) -> None:
    found = re.findall(r"`(?:\./build_templates\.py )?(switch [^`]*(?:--to|--region)[^`]*)`", PAGE)
    assert len(found) >= 6
    for line in found:
        assert invoke(*line.split()[1:], *([] if "status" in line else ["--dry-run"])).exit_code != 2, line
    assert world.changes() == []
