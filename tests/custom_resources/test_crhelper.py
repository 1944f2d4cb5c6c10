"""What our subclass uses of crhelper's private parts is what docs/decisions/0018 lists, and what is installed."""

import ast
import inspect
import re
from importlib import metadata
from pathlib import Path

from crhelper import CfnResource

from shared.cfn_response import resource
from shared.cfn_response.resource import CustomResource
from tools.emulator.endpoint import ROOT

DECISION = (ROOT / "docs/decisions/0018-subclass-of-crhelper.md").read_text()
OVERRIDDEN = re.findall(r"^\| `(\w+)\((.*)\)` \|", DECISION, re.MULTILINE)
IN_USE = re.findall(r"^\| `(\w+)` \|", DECISION, re.MULTILINE)

HINT = "crhelper has changed: compare its resource_helper.py with that of the listed version, then update decision 0018"


def test_version_is_the_listed_one() -> None:
    assert set(re.findall(r"crhelper ([\d.]*\d)", DECISION)) == {metadata.version("crhelper")}, HINT


def test_overridden_methods_are_listed_with_their_parameters() -> None:
    names = [name for name, value in vars(CfnResource).items() if callable(value) or isinstance(value, staticmethod)]
    overridden = {name: _parameters(name) for name in names if name in vars(CustomResource)}
    assert dict(OVERRIDDEN) == overridden, HINT


def test_private_attributes_in_use_are_listed_and_exist() -> None:
    used = _own_attributes(Path(str(resource.__file__)).read_text())
    of_crhelper = _own_attributes(inspect.getsource(CfnResource))
    overridden = {name for name, _ in OVERRIDDEN}
    assert set(IN_USE) == {name for name in used & of_crhelper if name.startswith("_")} - overridden, HINT


def _parameters(name: str) -> str:
    return ", ".join(each for each in inspect.signature(getattr(CfnResource, name)).parameters if each != "self")


def _own_attributes(source: str) -> set[str]:
    """Return the names after `self.` in source code."""
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }
