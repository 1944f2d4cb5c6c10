"""The command line's help, as a newcomer meets it."""

import os
import pty
import re
import subprocess
from typing import Any

import click
import pytest

from tools.repository import ROOT

COMMANDS = (
    "check",
    "cost",
    "deployer-policy",
    "diff",
    "doctor",
    "expand",
    "explain",
    "failures",
    "flat",
    "init",
    "logs",
    "maintenance",
    "open",
    "prove",
    "publish",
    "release",
    "restore",
    "saved-pages",
    "schema",
    "shell",
    "stack-policy",
    "stackset",
    "status",
    "switch",
)


def test_commands_are_grouped_and_each_is_said_to_do_something(command_line: Any) -> None:
    text = command_line("-h").stdout
    titles = ("Start a site:", "Look at a template:", "Launch it:", "Look after a site:", "Examples:", "Exit status:")
    assert sorted(map(text.index, titles)) == [text.index(title) for title in titles]
    for name in COMMANDS:
        line = next(line for line in text.splitlines() if line.startswith(f"  {name} "))
        assert len(line.split()) > 3


# The one form of the section. 2 can also have a meaning of the command's own, as that of `diff`, and what follows from
# an interruption is a sentence behind it.
EXIT_STATUS = re.compile(
    r"Exit status: 0 if [^;]+; 1 if [^;]+; 2 (if [^;]+, or )?for a command line that is not understood"
    r"(; 130 if you interrupted it)?\.( [A-Z][^;]+\.)?"
)


@pytest.mark.parametrize("name", COMMANDS)
def test_exit_statuses_of_every_command_are_in_one_form(name: str) -> None:
    from cli.main import main

    command = main.get_command(click.Context(main), name)
    assert command
    blocks = [" ".join(block.replace("\b", "").split()) for block in str(command.epilog).split("\n\n")]
    (section,) = [block for block in blocks if block.startswith("Exit status")]
    assert blocks[-1] == section
    assert EXIT_STATUS.fullmatch(section), section


def test_commands_of_these_tests_are_all() -> None:
    from cli.command_groups import COMMANDS as LISTED

    assert set(COMMANDS) == set(LISTED)


def test_every_command_is_listed_once_with_its_own_name_and_summary() -> None:
    from cli.command_groups import COMMANDS, SECTIONS
    from cli.main import main

    assert sum(map(len, SECTIONS.values())) == len(COMMANDS)
    for name, listed in COMMANDS.items():
        command = main.get_command(click.Context(main), name)
        assert command
        assert command.name == name
        assert command.get_short_help_str(150).removesuffix(".") == listed.summary.removesuffix(".")


@pytest.mark.parametrize(
    ("typed", "meant"), [("costs", "cost"), ("expnad", "expand"), ("failure", "failures"), ("stack-set", "stackset")]
)
def test_misspelt_command_is_answered_with_the_name_that_may_be_meant(
    command_line: Any, typed: str, meant: str
) -> None:
    done = command_line(typed, "examples/minimal.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == f"Error: No such command '{typed}'. Did you mean '{meant}'?"
    assert command_line("xyz").stderr.splitlines()[-1] == "Error: No such command 'xyz'."


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained_with_examples_and_exit_statuses(command_line: Any, name: str) -> None:
    from cli.main import main

    command = main.get_command(click.Context(main), name)
    assert command
    assert all(getattr(option, "help", "argument") for option in command.params)
    text = command_line(name, "--help").stdout
    assert "Examples:" in text
    assert "Exit status:" in text


@pytest.mark.parametrize(("variables", "colored"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_color_on_a_terminal_only_and_never_with_no_color(variables: dict[str, str], colored: bool) -> None:
    command = [str(ROOT / ".venv/bin/python"), str(ROOT / "build_templates.py"), "failures", "examples/minimal.yaml"]
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment = {**environment, "TERM": "xterm-256color", "COLUMNS": "140", **variables}
    plain = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout
    assert b"\x1b[" not in plain
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # The command has ended.
            pass
        assert process.wait() == 0
    os.close(ours)
    # Bold and dim are no colour: NO_COLOR leaves them.
    assert (b"\x1b[32m" in shown or b"\x1b[33m" in shown) == colored


@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_help_fits_80_columns(name: str | None) -> None:
    from click.testing import CliRunner

    from cli.main import main

    shown = CliRunner().invoke(main, [*([name] if name else []), "--help"], terminal_width=80).output
    assert [line for line in shown.splitlines() if len(line) > 80] == []
