"""Commands that the command line prints can be entered as they are, in a clone and after an installation."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from cli.command_groups import COMMANDS
from cli.flat.size import size_note
from cli.main import main
from cli.program import IN_A_CLONE, INSTALLED, named
from cli.stackset.template_problems import template_problems
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES

STARTED_AS = ["/usr/local/bin/resilient-website", r"C:\Python\Scripts\resilient-website.exe".replace("\\", "/")]


@pytest.fixture(params=STARTED_AS)
def _installed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [request.param])


def help_of(*arguments: str) -> str:
    done = CliRunner().invoke(main, [*arguments, "--help"])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.usefixtures("_installed")
def test_help_names_the_installed_program() -> None:
    for arguments in ([], *([name] for name in sorted(COMMANDS))):
        text = help_of(*arguments)
        assert f"{INSTALLED} " in text
        assert IN_A_CLONE not in text, arguments


@pytest.mark.parametrize("started", ["./build_templates.py", "pytest", "/tmp/resilient-website/tool"])
def test_help_names_the_file_otherwise(monkeypatch: pytest.MonkeyPatch, started: str) -> None:
    monkeypatch.setattr("sys.argv", [started])
    assert f"{IN_A_CLONE} expand" in help_of("expand")
    assert named("build_templates.py flat") == "build_templates.py flat"


@pytest.mark.usefixtures("_installed")
def test_advice_names_the_installed_program() -> None:
    note = size_note("x" * (MAX_BODY_BYTES + 1), "site.json")
    assert note
    assert f"`{INSTALLED} publish site.json" in note
    assert IN_A_CLONE not in note


@pytest.mark.usefixtures("_installed")
def test_errors_name_the_installed_program() -> None:
    template = {"Transform": "ResilientWebsite", "Resources": {"Site": {"Type": "ResilientWebsite"}}}
    request: Any = SimpleNamespace(template=template, template_text=json.dumps(template))
    request.template_url = request.service_managed = None
    advice = {problem.path: problem.fix for problem in template_problems(request)}
    assert f"`{INSTALLED} flat`" in advice["Transform"]
