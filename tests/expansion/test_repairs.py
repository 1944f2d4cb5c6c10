"""What an error proposes repairs it, as far as that can be done without thinking."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem
from tests.expansion.broken_sites import Path, broken, places, put
from tests.expansion.random_sites import SITES, in_template
from tests.hypothesis_profile import examples
from tests.kept import kept
from tools.reference.catalogue import Entry, sections

ROOT = "Resources.Site.Properties."


@kept(1024)
def problems(properties: dict[str, Any], region: str = "us-east-1") -> list[Problem]:
    """Return what is wrong with a site; nothing if it expands. Kept: many repairs lead to the same site."""
    try:
        expand_template(in_template(properties), {}, region)
    except InvalidTemplateError as error:
        return list(error.problems)
    return []


def keys_of(path: str) -> Path:
    """Return a problem's path as keys and indices: `Tags[0].Key` as ("Tags", 0, "Key")."""
    parts = re.findall(r"([^.\[\]]+)|\[(\d+)\]", path.removeprefix(ROOT))
    return tuple(int(index) if index else name for name, index in parts)


def path_of(keys: Path) -> str:
    """Return the path of a problem with a value."""
    return ROOT + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def holder_of(properties: Any, keys: Path) -> Any:
    """Return the map or list that the last of the keys is in; None where the path leads elsewhere."""
    for key in keys[:-1]:
        try:
            properties = properties[key]
        except (KeyError, IndexError, TypeError):
            return None
    return properties if isinstance(properties, dict | list) else None


def without(properties: dict[str, Any], keys: Path) -> dict[str, Any]:
    """Return the properties without one of them."""
    changed = copy.deepcopy(properties)
    holder = holder_of(changed, keys)
    if isinstance(holder, dict):
        holder.pop(keys[-1], None)
    return changed


def renamed(properties: dict[str, Any], keys: Path, name: str) -> dict[str, Any]:
    """Return the properties with one of them under another name, which takes the place of one that is there."""
    value = holder_of(properties, keys)[keys[-1]]
    return put(without(properties, keys), (*keys[:-1], name), value)


def proposals(fix: str) -> list[Any]:
    """Return the values that an advice names for the property itself."""
    meant = re.match(r"did you mean (.+?)\? (?=allowed: |write )", fix)
    bounds = re.search(r"^allowed: a whole number from (-?\d+) to (-?\d+)", fix)
    single = re.match(r"write (?:a number from|at least|at most) (\d+)", fix)
    listed = re.match(r"allowed: ((?:[\w.-]+, )*[\w.-]+ or [\w.-]+)$", fix)
    known = re.search(r"allowed here: (.+)$", fix)
    found: list[Any] = [yaml.safe_load(meant[1])] if meant else []
    found += [int(bound) for bound in bounds.groups()] if bounds else []
    found += [int(single[1])] if single else []
    found += re.split(r", | or ", listed[1]) if listed else []
    return found + (known[1].split(", ") if known else [])


def repairs(problem: Problem, properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the properties as an advice would have them, each way that it names."""
    keys = keys_of(problem.path)
    holder = holder_of(properties, keys)
    # A name with brackets or points in it can't be told from a path.
    if holder is None or not keys or path_of(keys) != problem.path:
        return
    present = isinstance(holder, list) or keys[-1] in holder
    if problem.found == "unknown property":
        yield without(properties, keys)
        meant = re.match(r"did you mean (\w+)\?", problem.fix)
        if meant:
            yield renamed(properties, keys, meant[1])
    elif problem.found.startswith("found the name") and present:
        yield from (renamed(properties, keys, name) for name in proposals(problem.fix))
    elif re.search(r"leave it out", problem.fix) and isinstance(holder, dict):
        yield without(properties, keys)
    elif problem.found.startswith("found") and present and not isinstance(holder[keys[-1]], dict):
        yield from (put(properties, keys, value) for value in proposals(problem.fix))


def is_clear(path: str, way: dict[str, Any], left: list[Problem], region: str) -> bool:
    """Tell whether nothing is wrong at a path any more, or what is now proposed there clears it.

    A value that could not be read is repaired in two steps: to one that can be, then to one that fits the others.
    """
    there = [each for each in left if each.path == path]
    steps = (step for each in there for step in repairs(each, way))
    return not there or any(all(each.path != path for each in problems(step, region)) for step in steps)


def assert_repaired(properties: dict[str, Any], region: str = "us-east-1") -> int:
    """Assert that every way to repair a problem ends it, and that one leaves nothing at its place; return how many."""
    tried = 0
    for problem in problems(properties, region):
        ways = [(way, problems(way, region)) for way in repairs(problem, properties)]
        tried += len(ways)
        for way, left in ways:
            assert problem not in left, f"{problem}\nis still there in {way}"
        if ways:
            assert any(is_clear(problem.path, way, left, region) for way, left in ways), f"{problem}\n{ways}"
    return tried


# Near misses of what is right: they get other advice than junk.
NEAR = st.sampled_from([-1, 0, 1, 3, 10**8, "", "yes", "none", "None", True, [], ["a"]])


@st.composite
def nearly_right(draw: st.DrawFn) -> dict[str, Any]:
    """Return a site with some of its values a little wrong: another case, another number, a blank too many."""
    properties = {"Network": {}, "WebServers": {}, **draw(SITES)}
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.sampled_from(sorted(places(properties), key=str)))
        holder = holder_of(properties, where)
        value = holder[where[-1]]
        if isinstance(value, str):
            value = draw(
                st.sampled_from([value.upper(), value.title(), f" {value}", value[:-1], f"{value}/", f"/{value}"])
            )
        else:
            value = draw(NEAR)
        properties = put(properties, where, value)
    return properties


@given(nearly_right() | broken())
@examples(200)
def test_what_is_proposed_repairs(properties: dict[str, Any]) -> None:
    assert_repaired(properties)


@given(
    SITES, st.sampled_from(["Netwrok", "Tag", "Cahce", "instanceType", "VPCId", "Databse", "Fallbck"]), st.booleans()
)
@examples(60)
def test_unknown_name_is_repaired_by_leaving_it_out(properties: dict[str, Any], name: str, inside: bool) -> None:
    place = ("Monitoring", name) if inside and isinstance(properties.get("Monitoring"), dict) else (name,)
    assert assert_repaired(put(properties, place, {})) > 0


def test_size_that_could_not_be_read_is_repaired_in_two_steps() -> None:
    action = {"Recurrence": "0 8 * * *", "MinSize": -1}
    assert assert_repaired({"WebServers": {"MinSize": 4, "ScheduledActions": [action]}}) == 2


ENTRIES = [entry for section in sections() for entry in section.entries if not entry.template and not entry.generated]


@pytest.mark.parametrize(
    "entry", ENTRIES, ids=[f"{entry.file}-{' '.join(entry.written.split())[:60]}" for entry in ENTRIES]
)
def test_what_is_proposed_repairs_what_the_catalogue_shows(entry: Entry) -> None:
    properties = entry.provoking["Resources"]["Site"]["Properties"]
    assert_repaired(properties, entry.region)
    for problem in problems(properties, entry.region):
        bound = re.match(r"write at (least|most) (\d+)(?: |$)", problem.fix)
        holder = holder_of(properties, keys_of(problem.path))
        if bound and isinstance(holder, dict) and not isinstance(holder.get(keys_of(problem.path)[-1]), list):
            beyond = int(bound[2]) + (-1 if bound[1] == "least" else 1)
            left = problems(put(properties, keys_of(problem.path), beyond), entry.region)
            assert any(each.path == problem.path for each in left), f"{problem}\nbut {beyond} would do"


REMOVED = {"Fn::If": ["Large", "large", {"Ref": "AWS::NoValue"}]}
ARTIFACT = {"Bucket": "shop", "Key": "1.zip", "Command": "./start"}
WITHOUT_VALUE = [
    ({"Container": {"Image": REMOVED}}, "Container.Image"),
    *(({"Artifact": {**ARTIFACT, name: REMOVED}}, f"Artifact.{name}") for name in ARTIFACT),
]


@pytest.mark.parametrize(("servers", "name"), WITHOUT_VALUE, ids=[name for _, name in WITHOUT_VALUE])
def test_what_is_required_is_not_to_be_left_out(servers: dict[str, Any], name: str) -> None:
    (found,) = [each for each in problems({"WebServers": servers}) if each.path.endswith(name)]
    assert found.fix == "write a text in each branch of Fn::If"
