"""Every pair of neighbouring configurations: what diff says of stores, and of all other resources by the schemas."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pytest

from cli.analysis.updates.comparison import Change, compare
from cli.analysis.updates.resource_schemas import create_only
from cli.analysis.updates.stack import Stack
from cli.analysis.updates.stores import store_changes
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.cloudformation.references import references
from resilient_website.expand import expand_template
from tests.diff.edges import is_replacement
from tests.diff.neighbours import BOTH_WAYS, NOT_SAFE
from tests.diff.stacks import REGION, as_stack, site
from tools.repository import ROOT

Json = dict[str, Any]

EXAMPLES = ROOT / "examples"


class Expanded(NamedTuple):
    """A template, and its stack as diff reads it. Tests share both, and only read them."""

    template: Json
    stack: Stack


class Pair(NamedTuple):
    """Two neighbours, and what diff says about the update from one to the other."""

    name: str
    old: Expanded
    new: Expanded
    changes: tuple[Change, ...]


@pytest.fixture(scope="module", params=BOTH_WAYS)
def pair(request: pytest.FixtureRequest) -> Pair:
    """Return each pair in turn, compared once for all of its tests: pytest runs them one after the other."""
    old, new = (Expanded(template, as_stack(template)) for template in map(site, BOTH_WAYS[request.param]))
    return Pair(request.param, old, new, compare(old.stack, new.stack, REGION))


def test_stores(pair: Pair) -> None:
    reported = {
        store.change.logical_id: f"{store.change.effect.name} {store.outcome.name}"
        for store in store_changes(pair.changes, pair.old.stack)
        if not store.safe
    }
    assert reported == NOT_SAFE.get(pair.name, {})


def test_no_replacement_is_missed(pair: Pair) -> None:
    _no_replacement_is_missed(pair.old.template, pair.new.template, pair.changes)


@pytest.fixture(scope="module")
def examples() -> dict[str, Expanded]:
    """Return the examples, expanded, by name."""
    read = {path.stem: read_template(path) for path in EXAMPLES.glob("*.yaml")}
    expanded = {name: expand_template(each, parameter_values(each, {}), REGION) for name, each in read.items()}
    return {name: Expanded(template, as_stack(template)) for name, template in expanded.items()}


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.yaml")))
def test_no_replacement_is_missed_between_examples(examples: dict[str, Expanded], name: str) -> None:
    old = examples[name]
    for new in (examples[other] for other in examples.keys() - {name}):
        _no_replacement_is_missed(old.template, new.template, compare(old.stack, new.stack, REGION))


def _no_replacement_is_missed(old: Json, new: Json, found: Iterable[Change]) -> None:
    """Work the replacements out anew, from the templates' text and the schemas' lists: diff `found` each of them."""
    reported = {change.logical_id for change in found if is_replacement(change)}
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


def test_every_change_of_the_text_is_reported(pair: Pair) -> None:
    old, new = pair.old.template, pair.new.template
    found = {change.logical_id for change in pair.changes}
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
