"""The name of the command line in its help and messages: the one that its user can type."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from rich.text import Text

from cli.command_groups import COMMANDS
from cli.main import main
from cli.options import problems_on_stderr
from cli.restore.report import warning
from cli.restore.target import Target
from cli.status.command import _table
from cli.status.rows import Row, State
from resilient_website.problems import InvalidTemplateError, Problem
from tests.expansion.random_sites import in_template
from tools.repository import ROOT

INSTALLED, CLONE = "resilient-website", "build_templates.py"


def run(program: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments], prog_name=program, terminal_width=80)


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_examples_in_the_help_have_it(name: str) -> None:
    arguments = [*([name] if name else []), "--help"]
    installed, clone = run(INSTALLED, *arguments).output, run(CLONE, *arguments).output
    examples = clone.partition("Examples:")[2].partition("Exit status:")[0]
    assert CLONE in examples
    assert CLONE not in installed
    assert f"  {INSTALLED} {name}" in installed.partition("Examples:")[2]
    # The commands are shared: the name is not kept from one run to the next.
    assert run(CLONE, *arguments).output == clone
    assert [line for line in installed.splitlines() if len(line) > 80] == []


@click.command()
@problems_on_stderr
def refused() -> None:
    raise InvalidTemplateError([Problem("Transform", "found", f"first run `{CLONE} flat`")])


@pytest.mark.parametrize("program", [INSTALLED, CLONE])
def test_problems_and_notes_have_it(tmp_path: Path, program: str) -> None:
    assert CliRunner().invoke(refused, prog_name=program).output == f"Transform: found; first run `{program} flat`\n"
    flat = ("flat", str(ROOT / "examples/minimal.yaml"), "-o", str(tmp_path / "flat.json"), "--region", "us-east-1")
    assert f"`{program} publish " in run(program, *flat).output


@pytest.mark.parametrize("program", [INSTALLED, CLONE])
def test_advice_of_diff_has_it(tmp_path: Path, program: str) -> None:
    old, new = (
        {"Transform": "ResilientWebsite", **in_template({})},
        {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}},
    )
    (tmp_path / "old").write_text(json.dumps(old))
    (tmp_path / "new").write_text(json.dumps(new))
    done = run(program, "diff", str(tmp_path / "old"), str(tmp_path / "new"), "--region", "us-east-1", "--json")
    assert f"only a stack policy can prevent it ({program} stack-policy)" in done.output


@pytest.mark.parametrize("program", [INSTALLED, CLONE])
def test_warning_before_a_restore_has_it(program: str) -> None:
    databases: Any = SimpleNamespace(names=SimpleNamespace(kept="kept"))
    with click.Context(main, info_name=program):
        assert f"stop the writes first: {program} maintenance on" in warning(databases, Target(snapshot="snapshot"))


@pytest.mark.parametrize("program", [INSTALLED, CLONE])
def test_rows_of_status_have_it(program: str) -> None:
    site: Any = SimpleNamespace(title="site")
    row = Row("stack", "copy", State.NOTE, "see both: build_templates.py switch status")
    with click.Context(main, info_name=program):
        shown = _table(site, [row], datetime.now(UTC))
    assert list(shown.columns[-1].cells) == [Text(f"see both: {program} switch status")]


@pytest.mark.parametrize("program", [INSTALLED, CLONE])
def test_template_of_init_has_it_without_a_path(tmp_path: Path, program: str) -> None:
    """The file is for every computer of a team, on which a clone is elsewhere."""
    done = run(program, "init", str(tmp_path / "shop"), "--yes", "--kind", "node", "--region", "eu-west-1")
    assert done.exit_code == 0, done.output
    assert f"#   {program} release shop app --region eu-west-1\n" in (tmp_path / "shop/site.yaml").read_text()


def test_first_examples_work_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the command line is installed, and the examples of a clone are not there."""
    monkeypatch.chdir(tmp_path)
    help_text = main.get_help(click.Context(main, info_name=INSTALLED))
    lines = [line.strip() for line in help_text.partition("Examples:")[2].splitlines()]
    typed = [line.split("  ")[0].split()[1:] for line in lines if line.startswith(INSTALLED)]
    assert [words[0] for words in typed] == ["init", "expand", "failures", "COMMAND"]
    for words in typed[:-1]:
        done = run(INSTALLED, *words, *(["--yes"] if words[0] == "init" else []))
        assert done.exit_code == 0, done.output
