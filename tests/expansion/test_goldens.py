"""What each example expands to, kept for review: a change of the architecture shows in the diff of these files.

`make goldens` writes them anew.
"""

import os
from pathlib import Path
from typing import Any

from cli.parameter_values import parameter_values
from cli.template_file import read_template, to_json
from resilient_website.expand import expand_template
from resilient_website.reading.versions import NEWEST

GOLDENS = Path(__file__).resolve().parents[1] / "goldens"
REGION = "us-east-1"


def secondary_regions(example: Path) -> set[str]:
    """Return the Regions of the copies of an example's sites."""
    resources = read_template(example)["Resources"].values()
    return {body["Properties"]["Secondary"]["Region"] for body in resources if "Secondary" in body["Properties"]}


def deployed_in(example: Path, region: str) -> dict[str, Any]:
    """Return an example as it is deployed in a Region: a copy of backups only, as `switch` writes it."""
    template: dict[str, Any] = read_template(example)
    for body in template["Resources"].values():
        secondary = body.get("Properties", {}).get("Secondary", {})
        if secondary.get("Mode") == "Backups" and secondary["Region"] == region:
            secondary["ActiveRegion"] = region
    return template


def golden_of(example: Path, region: str) -> Path:
    return GOLDENS / (f"{example.stem}.json" if region == REGION else f"{example.stem}.{region}.json")


def test_example_expands_to_its_golden(example: Path) -> None:
    _check(example, REGION)
    for region in secondary_regions(example):
        _check(example, region)


def _check(example: Path, region: str) -> None:
    template = deployed_in(example, region)
    expanded = to_json(expand_template(template, parameter_values(template, {}), region))
    golden = golden_of(example, region)
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
    examples = list((GOLDENS.parents[1] / "examples").glob("*.yaml"))
    wanted = {golden_of(each, region) for each in examples for region in (REGION, *secondary_regions(each))}
    assert set(GOLDENS.glob("*.json")) == wanted
