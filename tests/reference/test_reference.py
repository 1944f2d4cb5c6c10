"""The reference says what the code does: complete, up to date, and true of what sites expand to."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from cli.analysis.updates.property_mapping import (
    ANY_TYPE,
    BESIDE_PROPERTIES,
    MAY_REPLACE,
    REPLACES,
    MappedProperty,
    effect,
    mapped_properties,
    replaced_by,
)
from cli.analysis.updates.property_tree import Located
from cli.analysis.updates.resource_schemas import interruptions
from resilient_website.attributes import ATTRIBUTES
from resilient_website.reading.property_groups import OptionalGroup
from tests.expansion.expanded import expand
from tests.expansion.random_sites import SITES, in_template
from tests.hypothesis_profile import examples
from tests.reference.table import MAPPED, PROPERTIES
from tools.reference.alarms_page import alarms_of
from tools.reference.pages import FOLDER, pages
from tools.reference.properties_page import _row
from tools.reference.samples import samples
from tools.reference.sites import ExpandedSite, Observation, observe

each_mapped_property = pytest.mark.parametrize("located", MAPPED, ids=[located.name for located in MAPPED])


@pytest.fixture(scope="module")
def observations() -> list[Observation]:
    return observe()


@pytest.fixture(scope="module")
def changes(observations: list[Observation]) -> dict[str, list[tuple[ExpandedSite, ExpandedSite]]]:
    """Return each property's changes, as sites before and after."""
    found: dict[str, list[tuple[ExpandedSite, ExpandedSite]]] = {}
    for observation in observations:
        for after in observation.changed:
            found.setdefault(after.changed, []).append((observation.site, after))
    return found


def test_committed_pages_are_what_the_code_writes(observations: list[Observation]) -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    made = pages(observations)
    stale = sorted(name for name in made.keys() | written.keys() if made.get(name) != written.get(name))
    assert not stale, f"docs/reference/ is not what the code writes ({', '.join(stale)}): run `make docs`"


OPTIONAL_GROUPS = [each for each in PROPERTIES if isinstance(each.row.kind, OptionalGroup)]


@pytest.mark.parametrize("located", OPTIONAL_GROUPS, ids=lambda located: located.name)
def test_default_of_a_group_is_one_of_the_values_that_it_takes(located: Located) -> None:
    _, takes, default, _ = _row(located)
    assert default.partition("\n")[0] in re.findall(r"`[^`]*`", takes.partition("\n")[0])


def test_every_property_is_in_the_reference_with_a_reason() -> None:
    text = (FOLDER / "properties.md").read_text(encoding="utf-8")
    for located in PROPERTIES:
        assert located.row.reason, located.name
        section = "The site itself" if not located.group else ".".join(located.group)
        table = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
        assert f"| **`{located.row.name}`** |" in table, f"{located.name}: run `make docs`"


def test_every_attribute_is_in_the_reference() -> None:
    text = (FOLDER / "attributes.md").read_text(encoding="utf-8")
    assert [name for name in (a.name for a in ATTRIBUTES) if f"| **`{name}`** |" not in text] == [], "run `make docs`"


@given(SITES)
@examples(60)
def test_every_alarm_of_any_site_is_in_the_reference(properties: dict[str, Any]) -> None:
    template = in_template(properties)
    site = ExpandedSite("Site", template, expand(properties))
    text = (FOLDER / "alarms.md").read_text(encoding="utf-8")
    assert [name for name in alarms_of(site) if f"**`{name}`**" not in text] == [], "run `make docs`"


def test_every_property_lands_on_what_cloudformation_knows() -> None:
    for located in MAPPED:
        found = mapped_properties(located.row.maps_to)
        assert found, f"maps_to of {located.name} is empty: name the CloudFormation property, or the type alone"
        for target in found:
            effect(target)


def test_every_property_has_samples() -> None:
    without = [located.name for located in MAPPED if not list(samples(located.row))]
    assert without == [], "add examples= to the rows of these properties"


@each_mapped_property
def test_every_property_really_lands_there(
    located: Located, changes: dict[str, list[tuple[ExpandedSite, ExpandedSite]]]
) -> None:
    """Change the property in each example that has it, or may: each place that it maps to changes in one of them."""
    assert located.name in changes, "no example can be expanded with any sample of this property"
    for target in mapped_properties(located.row.maps_to):
        moved = (_at(before, target) != _at(after, target) for before, after in changes[located.name])
        assert any(moved), f"a change of {located.name} changes no {target}"


@each_mapped_property
def test_every_replacement_is_reported(
    located: Located, changes: dict[str, list[tuple[ExpandedSite, ExpandedSite]]]
) -> None:
    """Where a change of the property replaces a resource, the reference says so."""
    reported = {effect(target) for target in mapped_properties(located.row.maps_to)}
    # A switch that is thrown undoes what its group's own properties said, and these tell what that replaces.
    if (
        located.row.maps_to == ANY_TYPE
        or located.spec
        or any(each.startswith((REPLACES, MAY_REPLACE)) for each in reported)
    ):
        return
    alone = [(before, after) for before, after in changes[located.name] if after.alone]
    replaced = {found for before, after in alone for found in _replaced(before, after)}
    assert replaced == set(), f"a change of {located.name} replaces these: name them in its maps_to"


def test_interruptions_are_of_properties_that_exist() -> None:
    for type_name, names in interruptions().items():
        for name in names:
            assert "interrupts" in effect(MappedProperty(type_name, (name,)))


def _at(site: ExpandedSite, target: MappedProperty) -> dict[str, Any]:
    """Return the values of a mapped property, by logical id."""
    return {
        logical_id: list(_values(body if target.path in BESIDE_PROPERTIES else body.get("Properties", {}), target.path))
        if target.path
        else target.type != ANY_TYPE or body
        for logical_id, body in site.resources.items()
        if target.type in (ANY_TYPE, body["Type"])
    }


def _values(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Yield the values at a path, in every item of the lists on the way."""
    if isinstance(value, list) and path:
        for item in value:
            yield from _values(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _values(value[path[0]], path[1:])


def _replaced(before: ExpandedSite, after: ExpandedSite) -> Iterator[str]:
    """Yield the properties whose change makes CloudFormation replace a resource that is there before and after."""
    for logical_id, body in before.resources.items():
        other = after.resources.get(logical_id)
        if other is None or other["Type"] != body["Type"]:
            continue
        for path in replaced_by(body["Type"]):
            if list(_values(body["Properties"], path)) != list(_values(other["Properties"], path)):
                yield str(MappedProperty(body["Type"], path))
