"""Laws of diff: they hold for every site."""

import copy
from functools import cache
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cli.analysis.updates.comparison import Change, compare
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.property_mapping import ANY_TYPE, effect, mapped_properties
from cli.analysis.updates.property_tree import Located, every_property
from cli.analysis.updates.resource_schemas import IN_PLACE, INTERRUPTS
from cli.analysis.updates.stack import Stack
from cli.analysis.updates.stores import DataOutcome, is_store, store_changes
from resilient_website.problems import InvalidTemplateError
from tests.diff.stacks import REGION, as_stack, changes, site, stores
from tests.expansion.random_sites import SITES
from tests.expansion.shared_draws import shared
from tests.hypothesis_profile import examples
from tests.kept import kept
from tools.reference.samples import samples

Json = dict[str, Any]

# The laws of an update from any site to any other share their pairs.
PAIRS = 60
TWO_SITES = shared("two sites", st.tuples(SITES, SITES), PAIRS)


def in_place(located: Located) -> bool:
    """Tell whether the reference says that a change of the property leaves every resource where it is."""
    if located.row.maps_to in ("", ANY_TYPE) or located.spec or "[]" in located.name or ".*" in located.name:
        return False
    return all(effect(target) in (IN_PLACE, INTERRUPTS) for target in mapped_properties(located.row.maps_to))


@cache
def harmless() -> list[Located]:
    """Return the properties whose change leaves every resource where it is: found by the worker that needs them."""
    return [located for located in every_property() if in_place(located)]


def with_one_changed(properties: Json, located: Located, value: Any) -> Json:
    changed = copy.deepcopy(properties)
    inside = changed
    for name in located.path[:-1]:
        # A tier that is switched on with its defaults, or off, has no property to change.
        assume(isinstance(inside.get(name, {}), dict))
        inside = inside.setdefault(name, {})
    inside[located.path[-1]] = value
    return changed


def test_there_are_harmless_properties() -> None:
    names = {located.name for located in harmless()}
    assert {"Database.DBInstanceClass", "Database.AllocatedStorage", "WebServers.InstanceType"} <= names
    assert "Database.DatabaseName" not in names


@given(SITES, st.data())
@examples(120)
def test_harmless_change_touches_no_store(properties: Json, data: st.DataObject) -> None:
    located = data.draw(st.sampled_from(harmless()))
    value = data.draw(st.sampled_from(list(samples(located.row)) or [None]))
    # A tier that is off is switched on by a property of its group: that adds stores, and touches none.
    try:
        old, new = site(properties), site(with_one_changed(properties, located, value))
    except InvalidTemplateError:
        assume(False)
    # What the service refuses to change, it keeps; Memcached keeps nothing when its version changes, in place as it is.
    unsafe = {
        name: store.change.effect.name
        for name, store in stores(old, new).items()
        if not store.safe and store.change.effect is not Effect.REFUSED and store.outcome is not DataOutcome.EMPTIED
    }
    assert unsafe == {}, f"{located.name} = {value!r}"


@given(SITES)
@examples(40)
def test_site_is_no_change_of_itself_in_any_order(properties: Json) -> None:
    def backwards(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: backwards(node[key]) for key in reversed(node)}
        return [backwards(item) for item in node] if isinstance(node, list) else node

    expanded = site(properties)
    assert changes(expanded, expanded) == {}
    assert changes(expanded, backwards(expanded)) == {}
    assert changes(backwards(expanded), expanded) == {}


class Ways(NamedTuple):
    """The changes of an update from one site to another, and of the update back; `old` is the first site's stack."""

    old: Stack
    there: dict[str, Change]
    back: dict[str, Change]


@kept(PAIRS)
def ways(one: Json, other: Json) -> Ways:
    """Return what two updates do."""
    old, new = (as_stack(site(each)) for each in (one, other))
    there, back = (
        {change.logical_id: change for change in compare(*update, REGION)} for update in ((old, new), (new, old))
    )
    return Ways(old, there, back)


@given(TWO_SITES)
@examples(PAIRS)
def test_the_way_back_undoes_what_was_done(pair: tuple[Json, Json]) -> None:
    _, there, back = ways(*pair)
    for name in there.keys() | back.keys():
        assert is_effect(name, there, Effect.ADDED) == is_effect(name, back, Effect.DELETED), name
        assert is_effect(name, back, Effect.ADDED) == is_effect(name, there, Effect.DELETED), name
        # What is written otherwise is so both ways, refused or not.
        assert own_differences(name, there) == own_differences(name, back), name


# NAT gateways that are replaced with their subnets one way, and get other tags both ways.
PRIVATE: Json = {"WebSubnets": "Private", "NatGateways": "PerZone"}
RETAGGED: tuple[Json, Json] = (
    {"Network": {**PRIVATE, "Ipv6": False}},
    {"Network": {**PRIVATE, "Ipv6": True}, "Tags": [{"Key": "team", "Value": "web"}]},
)


@given(TWO_SITES)
@example(RETAGGED)
@examples(PAIRS)
def test_one_way_only_changes_what_follows_a_replacement_that_is_refused_the_other_way(pair: tuple[Json, Json]) -> None:
    """A subnet in use gets IPv6, and keeps it: who names it changes with it, or with nothing."""
    _, there, back = ways(*pair)
    for name in there.keys() ^ back.keys():
        assert follows_what_is_refused(name, there, back) or follows_what_is_refused(name, back, there), name
    if not any(change.effect is Effect.REFUSED for change in (*there.values(), *back.values())):
        assert there.keys() == back.keys()


def is_effect(name: str, way: dict[str, Change], effect: Effect) -> bool:
    return name in way and way[name].effect is effect


def own_differences(name: str, way: dict[str, Change]) -> set[str | int]:
    """Return the properties and attributes that differ in the templates of a resource that both have."""
    if name not in way:
        return set()
    differences = [each.difference for each in way[name].properties if not each.caused_by]
    return {each.path[0] for each in (*differences, *way[name].attributes)}


def follows_what_is_refused(name: str, way: dict[str, Change], other: dict[str, Change]) -> bool:
    """Tell whether a resource changes with others alone, each replaced this way by what is refused that way."""
    if name not in way or own_differences(name, way):
        return False
    causes = [each.caused_by for each in way[name].properties]
    return bool(causes) and all(is_replaced_by_what_is_refused(cause, way, other) for cause in causes)


def is_replaced_by_what_is_refused(name: str, way: dict[str, Change], other: dict[str, Change]) -> bool:
    """Tell whether a resource is replaced this way as it is refused that way, or as others are for which this holds.

    Its own differences may change it besides, both ways, but do not replace it.
    """
    if not name or way[name].effect < Effect.MAY_BE_REPLACED:
        return False
    if is_effect(name, other, Effect.REFUSED):
        return True
    replaced_by = [each.caused_by for each in way[name].properties if each.effect >= Effect.MAY_BE_REPLACED]
    return bool(replaced_by) and all(is_replaced_by_what_is_refused(cause, way, other) for cause in replaced_by)


@given(TWO_SITES)
@examples(PAIRS)
def test_every_store_that_is_replaced_or_deleted_is_reported(pair: tuple[Json, Json]) -> None:
    old, found, _ = ways(*pair)
    reported = {store.change.logical_id: store for store in store_changes(found.values(), old)}
    for name, resource in old.items():
        if is_store(resource) and name in found and found[name].effect >= Effect.MAY_BE_REPLACED:
            assert (reported[name].outcome.name == "KEPT") == (found[name].effect is Effect.REFUSED)


@pytest.mark.parametrize(
    "teardown", [{}, {"Database": "Delete", "Cache": "Delete", "Assets": "Delete", "Logs": "Delete"}]
)
@given(properties=SITES)
@examples(40)
def test_what_teardown_says_no_store_is_lost_by_a_replacement(teardown: Json, properties: Json) -> None:
    resources = site({**properties, "Teardown": teardown})["Resources"]
    for name, resource in as_stack({"Resources": resources}).items():
        # The caches of Memcached, the generated tokens and the friendly page can't be kept, or are made again.
        made_again = name.endswith(("CacheCluster", "CacheSecret", "OriginSecret", "FallbackBucket"))
        if is_store(resource) and not made_again:
            assert resource.replace_policy in ("Retain", "Snapshot"), name
