"""The needs and examples in the property tables are true of what the macro accepts."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from cli.analysis.updates.property_tree import Located, every_property
from resilient_website.reading.properties import Need
from tests.reference.table import MAPPED, PROPERTIES
from tools.reference.needs import by_name, missing
from tools.reference.samples import samples
from tools.reference.sites import ExpandedSite, examples, set_in

NEEDS = [
    (located, need)
    for located in PROPERTIES
    for declared in located.row.needs
    # Each alternative is a need by itself.
    for need in (
        declared._replace(or_else=()),
        *(Need(name, (), declared.when) for name in declared.or_else),
    )
]
EXAMPLES = [
    (located, number) for located in PROPERTIES if located.row.examples for number in range(len(located.row.examples))
]


@cache
def sites() -> list[ExpandedSite]:
    """Return the examples, expanded: not when the tests are collected, in every process."""
    return examples()


def properties(site: ExpandedSite) -> Any:
    return site.template["Resources"][site.name].get("Properties", {})


@pytest.mark.parametrize(("located", "need"), NEEDS, ids=[f"{located.name}-{need.name}" for located, need in NEEDS])
def test_need_is_true(located: Located, need: Need) -> None:
    """In a site with only what is needed, no value has an effect without it, and one does with it."""
    others = tuple(each for each in located.row.needs if need.name not in (each.name, *each.or_else))
    located = replace(located, row=replace(located.row, needs=(*others, need)))
    works: set[str | int] = set()
    for value in need.when or [value for value in samples(located.row) if value is not False]:
        needed = missing({}, located, value)
        assert by_name(need.name).path in needed
        without = missing({}, located, value, frozenset({need.name}))
        assert not has_effect(located, value, without), f"{value!r} does not need {need.name}"
        # One value that works is enough, but for a need of certain values.
        if (need.when or not works) and has_effect(located, value, needed):
            works.add(value if isinstance(value, str | int) else repr(value))
    assert works, f"no value is accepted with {need.name}, or none has an effect"
    assert works >= set(need.when)


def has_effect(located: Located, value: Any, others: dict[tuple[str, ...], Any]) -> bool:
    """Tell whether a site accepts a property beside others, and it or its copy expands to something else without it."""
    found = expanded({located.path: value, **others})
    beside = {path: other for path, other in others.items() if path[: len(located.path)] != located.path}
    return found is not None and found != expanded(beside)


def expanded(values: dict[tuple[str, ...], Any]) -> list[Any] | None:
    """Return the halves of the minimal site with properties set, by path; None if it is refused."""
    return _expanded(json.dumps(list(values.items())))


@cache
def _expanded(values: str) -> list[Any] | None:
    """Return the halves. Kept: most properties need the same others, and several tests try the same value."""
    site = set_in(sites()[0], {tuple(path): value for path, value in json.loads(values)})
    return halves(site) if site else None


def halves(site: ExpandedSite) -> list[Any]:
    """Return the site's resources, and those of its copy in another Region, if it has one."""
    secondary = properties(site).get("Secondary")
    if not isinstance(secondary, dict) or "Region" not in secondary:
        return [site.resources]
    # With only backups there, the copy is the half that a recovery makes.
    backed_up = secondary.get("Mode") == "Backups"
    recovers: dict[tuple[str, ...], Any] = {("Secondary", "ActiveRegion"): secondary["Region"]} if backed_up else {}
    copy = set_in(replace(site, region=secondary["Region"]), recovers)
    assert copy, "the site is accepted in its own Region only"
    return [site.resources, copy.resources]


@pytest.mark.parametrize(("located", "number"), EXAMPLES, ids=[f"{each.name}-{number}" for each, number in EXAMPLES])
def test_example_is_accepted(located: Located, number: int) -> None:
    value = located.row.examples[number]
    if expanded({located.path: value, **missing({}, located, value)}):
        return
    for site in sites()[1:]:
        if set_in(site, {located.path: value, **missing(properties(site), located, value)}):
            return
    pytest.fail(f"no example site accepts {value!r}")


@pytest.mark.parametrize("located", MAPPED, ids=[located.name for located in MAPPED])
def test_needs_are_complete(located: Located) -> None:
    """A site with what a property needs, and nothing else, accepts it, and one of its values has an effect."""
    assert any(has_effect(located, value, missing({}, located, value)) for value in samples(located.row))


def test_needs_name_properties() -> None:
    assert [need.name for _, need in NEEDS if need.name not in {each.name for each in every_property()}] == []


def test_false_need_is_found() -> None:
    """The proof can fail: of a need that is none, and of one that is not enough."""
    with pytest.raises(AssertionError, match="does not need"):
        test_need_is_true(needing("Fallback.Title", Need("DomainName")), Need("DomainName"))
    with pytest.raises(AssertionError, match="no value is accepted"):
        test_need_is_true(needing("DomainName", Need("AlternateDomainNames")), Need("AlternateDomainNames"))


def needing(name: str, need: Need) -> Located:
    """Return a property as if it needed only another one."""
    located = by_name(name)
    return replace(located, row=replace(located.row, needs=(need,)))
