"""What each example expands to, kept for review: a change of the architecture shows in the diff of these files.

`make goldens` writes them anew.
"""

import os
from pathlib import Path

from cli.parameter_values import parameter_values
from cli.template_file import read_template, to_json
from resilient_website.expand import expand_template
from resilient_website.reading.versions import NEWEST

GOLDENS = Path(__file__).resolve().parents[1] / "goldens"


def test_example_expands_to_its_golden(example: Path) -> None:
    template = read_template(example)
    expanded = to_json(expand_template(template, parameter_values(template, {}), "us-east-1"))
    golden = GOLDENS / f"{example.stem}.json"
    if os.environ.get("WRITE_GOLDENS"):
        golden.write_text(expanded)
    assert golden.exists(), "a new example: `make goldens`"
    assert expanded == golden.read_text(), "if the change is meant: `make goldens`, and review the diff"


def test_example_is_of_the_newest_version(example: Path) -> None:
    assert set(_versions(example)) == {NEWEST}, f"{example.name} names no version {NEWEST}"


def _versions(example: Path) -> list[object]:
    resources = read_template(example)["Resources"].values()
    return [body["Properties"]["Version"] for body in resources if body["Type"] == "ResilientWebsite"]


def test_no_golden_is_left_over() -> None:
    examples = {path.stem for path in (GOLDENS.parents[1] / "examples").glob("*.yaml")}
    assert {path.stem for path in GOLDENS.glob("*.json")} == examples
