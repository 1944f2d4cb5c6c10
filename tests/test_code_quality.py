"""The code is what the style says: formatted, linted, typed."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cli.command_groups import COMMANDS
from tools.repository import ROOT


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


# A file of tests that another one imports from; or that is imported as a module.
OF_A_TEST = re.compile(r"^from tests\.(\w+\.)*test_\w+ import|^from tests[\w.]* import [^(\n]*\btest_", re.MULTILINE)


def test_no_file_of_tests_imports_from_another_one() -> None:
    """What several of them need is in a module of its own."""
    files = sorted((ROOT / "tests").rglob("*.py"))
    assert len(files) > 400
    assert [str(path.relative_to(ROOT)) for path in files if OF_A_TEST.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("line", ["from tests.flat.test_fields import x", "from tests.flat import y, test_fields"])
def test_import_from_a_file_of_tests_is_found(line: str) -> None:
    assert OF_A_TEST.search(f"import os\n{line}\n")


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
