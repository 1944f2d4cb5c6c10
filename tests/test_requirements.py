"""The pinned packages can be installed with every Python that the project promises to run on."""

import tomllib
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tools.repository import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
(OLDEST,) = (f"{each.version}.0" for each in SpecifierSet(PROJECT["requires-python"]) if each.operator == ">=")

# File of pins, and the environment that `make setup` installs them in.
ENVIRONMENTS = {
    "dev": ".venv",
    "rules": ".venv",
    "emulator": ".venv-emulator",
    "checkov": ".venv-checkov",
    "aws": ".venv-aws",
    "iam": ".venv-iam",
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_pins_are_for_the_oldest_python_too(name: str) -> None:
    """A pin for newer ones only has a marker that says so. (The other pin of the package need not be installed.)"""
    (folder,) = (ROOT / ENVIRONMENTS[name]).glob("lib/python*/site-packages")
    installed = {
        (canonicalize_name(each.metadata["Name"]), each.version): each.metadata.get_all("Requires-Python") or []
        for each in distributions(path=[str(folder)])
    }
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    oldest = {"python_version": OLDEST.rpartition(".")[0], "python_full_version": OLDEST}
    pins = [
        (canonicalize_name(pin.name), next(iter(pin.specifier)).version)
        for pin in map(Requirement, filter(None, lines))
        if pin.marker is None or pin.marker.evaluate(oldest)
    ]
    seen = {pin: SpecifierSet(",".join(installed[pin])) for pin in pins if pin in installed}
    assert len(seen) > len(pins) / 2, "most of the pins should be installed: run `make setup`"
    refused = {pin: str(needed) for pin, needed in seen.items() if OLDEST not in needed}
    assert not refused, f"Python {OLDEST} can't install: {refused}. Run `make lock`."
