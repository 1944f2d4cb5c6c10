"""cfn-lint finds nothing in what people deploy: the examples, in every form, and the templates of the console.

They have most of their resources in common, each of which one process judges once; so they are all in this file.
"""

from pathlib import Path
from typing import Any

import pytest

from cli.templates.console_template import console_template
from resilient_website.facts.regions import ENABLED
from tests.expansion.test_examples import KINDS, console_expansion, expanded, remote_stacks
from tests.flat.shipped import NAMES, shipped
from tests.flat.test_flat_template import flat
from tests.template_linters import linter_findings
from tools.emulator.endpoint import ROOT

# The ready templates have three zones; an account gets two in us-west-1.
WITH_THREE_ZONES = [region for region in ENABLED if region != "us-west-1"]


def findings(template: dict[str, Any], regions: list[str]) -> list[str]:
    return [f"{match.rule.id} {match.message} {match.path}" for match in linter_findings(template, regions)]


@pytest.mark.parametrize("region", KINDS)
def test_nothing_in_what_the_macro_makes(example: Path, region: str) -> None:
    assert findings(expanded(example, region), KINDS[region]) == []


# What a flat template adds differs between us-east-1 and others at most.
@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_nothing_in_flat_templates(example: Path, region: str) -> None:
    assert findings(flat(example, region), KINDS[region]) == []


def test_nothing_in_stacks_of_other_regions() -> None:
    for region, template in remote_stacks(expanded(ROOT / "examples/other-region.yaml", "us-east-1")):
        assert findings(template, [region]) == []


@pytest.mark.parametrize("region", KINDS)
def test_nothing_in_the_console_template_nor_in_what_it_becomes(region: str) -> None:
    assert findings(console_template().to_dict(), KINDS[region]) == []
    assert findings(console_expansion(region), KINDS[region]) == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_ready_templates_for_any_region(name: str) -> None:
    assert findings(shipped()[name], WITH_THREE_ZONES) == []
