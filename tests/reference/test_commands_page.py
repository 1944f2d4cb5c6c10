"""docs/reference/commands.md has every command, every argument and every option."""

import click
import pytest

from cli.command_groups import COMMANDS
from cli.main import main
from tools.reference.commands_page import command_section, page
from tools.reference.pages import FOLDER

each_command = pytest.mark.parametrize("name", sorted(COMMANDS))


def test_committed_page_is_what_the_commands_say() -> None:
    assert (FOLDER / "commands.md").read_text(encoding="utf-8") == page(), "run `make docs`"


@each_command
def test_every_parameter_is_on_the_page(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command
    section = command_section(name)
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            assert f"| **`{(parameter.name or '').upper()}`** |" in section
        else:
            rows = [line for line in section.splitlines() if line.startswith("| **`-")]
            assert any(parameter.opts[-1] in row.partition(" | ")[0] for row in rows)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("switch", "| **`SITE`** | text | required |"),
        ("publish", "| **`FILES`** | path, several | none |"),
        ("shell", "| **`COMMAND`** | text, several | none |"),
    ],
)
def test_only_what_can_be_repeated_is_several(name: str, row: str) -> None:
    assert row in command_section(name)


def test_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = page()
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    monkeypatch.setenv("AWS_PROFILE", "production")
    assert page() == before


def test_command_without_examples_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    command = main.get_command(click.Context(main), "flat")
    assert command
    monkeypatch.setattr(command, "epilog", None)
    with pytest.raises(LookupError, match="flat has no examples"):
        command_section("flat")
