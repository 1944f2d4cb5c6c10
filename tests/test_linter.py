"""cfn-lint finds nothing in what people deploy: the examples, in every form, the templates of the console, and others.

They have most of their resources in common, each of which one process judges once; so they are all in this file.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from yaml.reader import Reader

from cli.templates.console_template import console_template
from resilient_website.facts.regions import ENABLED
from tests.expansion import runbook_template
from tests.expansion.expanded import expanded_template
from tests.expansion.expanded_examples import KINDS, console_expansion, expanded, remote_stacks
from tests.expansion.random_sites import SITES
from tests.expansion.torn_down_sites import EVERYTHING, expand
from tests.flat.flat_examples import flat
from tests.flat.shipped import NAMES, shipped
from tests.hypothesis_profile import scaled
from tests.template_linters import linter_findings
from tools.repository import ROOT

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
    stacks = remote_stacks(expanded(ROOT / "examples/other-region.yaml", "us-east-1"))
    assert stacks
    for region, template in stacks:
        assert findings(template, [region]) == []


@pytest.mark.parametrize("region", KINDS)
def test_nothing_in_the_console_template_nor_in_what_it_becomes(region: str) -> None:
    assert findings(console_template().to_dict(), KINDS[region]) == []
    assert findings(console_expansion(region), KINDS[region]) == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_ready_templates_for_any_region(name: str) -> None:
    assert findings(shipped()[name], WITH_THREE_ZONES) == []


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
@pytest.mark.parametrize("cache", [True, {"Engine": "memcached"}])
def test_nothing_in_a_site_that_leaves_nothing(region: str, cache: Any) -> None:
    template = {"Resources": expand({"Teardown": EVERYTHING, "Cache": cache}, region)}
    assert findings(template, [region]) == []


@pytest.mark.parametrize("with_store", [False, True])
def test_nothing_in_a_runbook(*, with_store: bool) -> None:
    assert findings(runbook_template.template(with_store=with_store), list(ENABLED)) == []


# What of the sections beside random sites is used, by what names it. The linter reports the others as unused.
NAMED_BY = {"Conditions": '"Live"', "Mappings": '"Fn::FindInMap"'}


# Without shrinking: each step of it is a second of the linter's.
@given(SITES)
@settings(max_examples=scaled(6), phases=[Phase.generate])
def test_nothing_in_random_sites(properties: dict[str, Any]) -> None:
    expanded_site = expanded_template(properties)
    made = json.dumps(expanded_site["Resources"])
    unused = {section for section, name in NAMED_BY.items() if name not in made}
    template = {section: body for section, body in expanded_site.items() if section not in unused}
    found = linter_findings(_as_text(template), ["us-east-1"])
    assert [f"{match.rule.id} {match.message}" for match in found] == []


def _as_text(template: dict[str, Any]) -> str:
    """Return JSON that a YAML parser takes too: without pairs of surrogates, and with control characters escaped."""
    text = json.dumps(template, ensure_ascii=False)
    return Reader.NON_PRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
