"""The code is what the style says: formatted, linted, typed."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cli.command_groups import COMMANDS
from tools.emulator.endpoint import ROOT


@pytest.mark.parametrize(
    "tool",
    [
        ("ruff", "format", "--check", "."),
        ("ruff", "check", "."),
        (
            "mypy",
            "macros/resilient_website",
            *sorted(str(path.parent) for path in (ROOT / "custom_resources").glob("*/__init__.py")),
            "build_templates.py",
            "cli",
            "tools",
            "tests",
        ),
    ],
    ids=["format", "lint", "types"],
)
def test_tools_find_nothing(tool: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_imports_go_one_way() -> None:
    """The contracts are in pyproject.toml."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_analyses_must_not_import_any_command() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (forbidden,) = (each["forbidden_modules"] for each in contracts if "cli.analysis" in each.get("source_modules", ()))
    assert {".".join(listed.code.partition(":")[0].split(".")[:2]) for listed in COMMANDS.values()} <= {*forbidden}
