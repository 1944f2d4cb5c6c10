"""Every pair of neighbouring configurations: what diff says of stores, and of all other resources by the schemas."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cli.analysis.updates.resource_schemas import create_only
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.cloudformation.references import references
from resilient_website.expand import expand_template
from tests.diff.edges import is_replacement
from tests.diff.neighbours import BOTH_WAYS, NOT_SAFE
from tests.diff.stacks import REGION, changes, site, stores
from tools.emulator.endpoint import ROOT

Json = dict[str, Any]

EXAMPLES = ROOT / "examples"


@pytest.fixture(params=BOTH_WAYS)
def pair(request: pytest.FixtureRequest) -> tuple[str, Json, Json]:
    old, new = BOTH_WAYS[request.param]
    return request.param, site(old), site(new)


def test_stores(pair: tuple[str, Json, Json]) -> None:
    name, old, new = pair
    reported = {
        logical_id: f"{store.change.effect.name} {store.outcome.name}"
        for logical_id, store in stores(old, new).items()
        if not store.safe
    }
    assert reported == NOT_SAFE.get(name, {})


def test_no_replacement_is_missed(pair: tuple[str, Json, Json]) -> None:
    _, old, new = pair
    _no_replacement_is_missed(old, new)


@pytest.fixture(scope="module")
def examples() -> dict[str, Json]:
    """Return the examples, expanded, by name."""
    read = {path.stem: read_template(path) for path in EXAMPLES.glob("*.yaml")}
    return {name: expand_template(each, parameter_values(each, {}), REGION) for name, each in read.items()}


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.yaml")))
def test_no_replacement_is_missed_between_examples(examples: dict[str, Json], name: str) -> None:
    for other in examples.keys() - {name}:
        _no_replacement_is_missed(examples[name], examples[other])


def _no_replacement_is_missed(old: Json, new: Json) -> None:
    """Work the replacements out anew, from the templates' text and the schemas' lists: diff says each of them."""
    found = changes(old, new)
    reported = {name for name, change in found.items() if is_replacement(change)}
    replaced: set[str] = set()
    while True:
        more = {
            name
            for name in old["Resources"].keys() & new["Resources"].keys()
            if _is_replaced(old["Resources"][name], new["Resources"][name], replaced)
        }
        if more <= replaced:
            break
        replaced |= more
    assert replaced <= reported


def test_every_change_of_the_text_is_reported(pair: tuple[str, Json, Json]) -> None:
    _, old, new = pair
    found = changes(old, new)
    for name in old["Resources"].keys() | new["Resources"].keys():
        before, after = (
            {key: value for key, value in template["Resources"].get(name, {}).items() if key != "DependsOn"}
            for template in (old, new)
        )
        assert before == after or name in found, name


def _is_replaced(old: Json, new: Json, replaced: set[str]) -> bool:
    if old["Type"].startswith("Custom::"):
        return False
    for path in create_only(old["Type"]):
        before, after = (list(_at(each.get("Properties", {}), path)) for each in (old, new))
        if json.dumps(before) != json.dumps(after) or references(after) & replaced:
            return True
    return False


def _at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if not path:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _at(item, path)
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])
