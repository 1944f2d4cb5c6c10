"""Problems are printed with file, line and column; with --json, as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cli.template_positions import Positions
from tests.hypothesis_profile import examples

KEYS = st.text("abcXYZ019", min_size=1, max_size=6)
TREES = st.recursive(
    st.integers() | st.text("abc: #", max_size=9),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(KEYS, inner, min_size=1, max_size=4),
    max_leaves=20,
)
ROOTS = st.dictionaries(KEYS, TREES, min_size=1, max_size=4)

WRITTEN = """\
Transform: ResilientWebsite
Resources:
  Site:
    Type: ResilientWebsite
    Properties:
      Database: &database
        MultiAz: false
        Parameters:
          innodb.x: 1
      DomainName: www.example.com
  Other:
    Type: ResilientWebsite
    Properties:
      <<: {Cache: {Engine: postgres}}
      Database: *database
      WebServers:
        UserData: !Sub ['${A}', {A: !GetAtt Site.Nope}]
      Tags:
      - {Key: a, Value: b}
      - Value: c
"""


def paths(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every path of a tree with the key or the item's value."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            own = f"{path}.{key}".lstrip(".")
            yield own, key
            yield from paths(value, own)
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield f"{path}[{index}]", value
            yield from paths(value, f"{path}[{index}]")


def at(text: str, place: tuple[int, int] | None) -> str:
    """Return what is at a place in a text, to the end of its line."""
    assert place is not None
    line, column = place
    return text.splitlines()[line - 1][column - 1 :]


@given(ROOTS, st.sampled_from(["flow", "block", "json", "tabs"]))
@examples(60)
def test_every_key_is_where_it_is_said_to_be(tree: dict[str, Any], form: str) -> None:
    if form in ("flow", "block"):
        text = yaml.safe_dump(tree, default_flow_style=form == "flow")
    else:
        text = json.dumps(tree, indent="\t" if form == "tabs" else 1)
    positions = Positions(text)
    for path, found in paths(tree):
        start = at(text, positions.of(path))
        if isinstance(found, str):
            assert start.lstrip("'\"? ").startswith(found[:1].strip())
        if "[" not in path[-1:] and isinstance(found, str) and path.endswith(f".{found}"):
            assert found in start


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("Resources.Site.Properties.Database.MultiAz", (7, 9)),
        ("Resources.Site.Properties.Database.Parameters.innodb.x", (9, 11)),
        ("Resources.Site.Properties.HostedZoneId", (5, 5)),
        ("Resources.Other.Properties.Database.MultiAz", (7, 9)),
        ("Resources.Other.Properties.Database", (15, 7)),
        ("Resources.Other.Properties.Cache.Engine", (14, 20)),
        ("Resources.Other.Properties.WebServers.UserData.Fn::Sub[1].A", (17, 34)),
        ("Resources.Other.Properties.WebServers.UserData.Fn::Sub[1].A.Fn::GetAtt", (17, 34)),
        ("Resources.Other.Properties.Tags[1].Key", (20, 9)),
        ("Resources.Nowhere", (2, 1)),
        ("Transform", (1, 1)),
        ("Outputs.Url", (1, 1)),
        ("--region", None),
        ("AWS", None),
    ],
)
def test_places_in_yaml_as_people_write_it(path: str, place: tuple[int, int] | None) -> None:
    assert Positions(WRITTEN).of(path) == place


@pytest.mark.parametrize("text", ["", "A: [", "- A", "A: b: c", "[" * 5000])
def test_text_that_can_not_be_read_has_no_places(text: str) -> None:
    assert Positions(text).of("A.B") is None


COMMANDS = ("expand", "flat", "failures", "stack-policy", "deployer-policy", "check")


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_print_the_place(command_line: Any, tmp_path: Path, command: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(WRITTEN)
    done = command_line(command, path, "--region", "us-east-1")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{path}:7:9: Resources.Site.Properties.Database.MultiAz: unknown property; did you mean" in done.stderr


def test_diff_prints_the_place_in_the_right_file(command_line: Any, tmp_path: Path) -> None:
    for name, text in (("old", "Resources: {A: {Type: 'AWS::SNS::Topic'}}"), ("new", WRITTEN)):
        (tmp_path / name).write_text(text)
    done = command_line("diff", tmp_path / "old", tmp_path / "new")
    assert f"{tmp_path / 'new'}:7:9: Resources.Site.Properties.Database.MultiAz: unknown" in done.stderr


@pytest.mark.parametrize("command", ["failures", "check", "diff"])
def test_problems_as_json(command_line: Any, tmp_path: Path, command: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(WRITTEN)
    files = (path, path) if command == "diff" else (path,)
    done = command_line(command, *files, "--region", "us-east-1", "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)["problems"]
    assert found[0] == {
        "file": str(path),
        "line": 7,
        "column": 9,
        "path": "Resources.Site.Properties.Database.MultiAz",
        "found": "unknown property",
        "allowed": None,
        "fix": "did you mean MultiAZ?",
    }
    engine = next(each for each in found if each["path"].endswith("Cache.Engine"))
    assert engine["allowed"] == "memcached, redis, valkey"


def test_question_mark_in_a_map_on_one_line_is_to_be_quoted(command_line: Any, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("Resources: {Site: {ScheduleExpression: cron(0 3 * * ? *)}}\n")
    done = command_line("expand", path)
    assert done.stderr.startswith(f"{path}:1:53: ")
    assert done.stderr.endswith("put a text that contains a question mark, such as a cron expression, in quotes\n")


def test_text_that_is_no_yaml_has_its_place_too(command_line: Any, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("Resources:\n  Site:\n    Title: We're back: soon\n")
    done = command_line("expand", path)
    assert done.stderr.startswith(f"{path}:3:22: mapping values are not allowed here; put a text that contains a colon")
