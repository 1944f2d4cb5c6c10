"""Our copy of crhelper is the listed version with the committed changes, and its subclass uses public names only."""

import ast
import importlib.util
import re
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from tools.repository import ROOT

COPY = ROOT / "custom_resources/shared/crhelper"
SUBCLASS = ROOT / "custom_resources/shared/cfn_response/resource.py"
DECISION = (ROOT / "docs/decisions/0018-changed-crhelper.md").read_text()
COPIED = ("log_helper.py", "log_helper.pyi", "resource_helper.py", "resource_helper.pyi")


@pytest.fixture(scope="module")
def original() -> Path:
    found = importlib.util.find_spec("crhelper")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def test_version_is_the_listed_one() -> None:
    listed = re.findall(r"crhelper(?:==| )([\d.]*\d)", DECISION + (COPY / "__init__.py").read_text())
    assert set(listed) == {metadata.version("crhelper")}


def test_copy_is_the_original_with_the_committed_changes(original: Path, tmp_path: Path) -> None:
    for name in COPIED:
        shutil.copy(original / name, tmp_path)
    subprocess.run(["git", "apply", "-p1", str(COPY / "crhelper.diff")], cwd=tmp_path, check=True)
    assert {name: (tmp_path / name).read_text() for name in COPIED} == {
        name: (COPY / name).read_text() for name in COPIED
    }


def test_licence_and_notice_are_those_of_the_original(original: Path) -> None:
    described = original.parent / f"crhelper-{metadata.version('crhelper')}.dist-info"
    for name in ("LICENSE", "NOTICE"):
        assert (COPY / name).read_text() == (described / name).read_text()


def test_subclass_uses_public_names_only() -> None:
    private = {name for name in _own_names(COPY / "resource_helper.py") if name.startswith("_")}
    assert private & _own_names(SUBCLASS) <= {"__init__", "__call__"}


def _own_names(path: Path) -> set[str]:
    """Return the names after `self.`, and those of methods."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    attributes = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }
    return attributes | {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
