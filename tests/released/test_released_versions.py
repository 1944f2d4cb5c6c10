"""Every released version expands to the same bytes as when it was released, under this macro and all later ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.template_file import to_json
from resilient_website.expand import expand_template
from resilient_website.frozen import frozen
from resilient_website.handler import handler
from resilient_website.problems import InvalidTemplateError
from resilient_website.reading.properties import PropertyGroup, defaults, prop, values
from resilient_website.reading.property_groups import Group, OptionalGroup, read_group
from resilient_website.reading.property_types import Boolean, Integer
from resilient_website.reading.reader import Reader
from resilient_website.reading.versions import NEWEST, OLDEST, VERSIONS
from tests.diff.stacks import stores
from tests.expansion.macro_requests import event
from tests.released.frozen import DIGESTS, FOLDER, READABLE, REGIONS, digest, digest_of, folder, of_version

Json = dict[str, Any]

EXAMPLES = sorted(path for path in FOLDER.glob("*/*.json") if path.name != DIGESTS)


def compact(**properties: Any) -> Json:
    return {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}}}


def test_every_version_is_released_but_perhaps_the_newest() -> None:
    assert sorted(VERSIONS) == list(VERSIONS) == list(range(OLDEST, NEWEST + 1))
    released = {int(path.name) for path in FOLDER.iterdir()}
    assert set(VERSIONS) - {NEWEST} <= released <= set(VERSIONS)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_released_example_expands_to_the_same_bytes(path: Path) -> None:
    frozen = json.loads(path.read_text())
    expanded = expand_template(frozen["written"], frozen["parameters"], REGIONS[0])
    advice = "a released version never changes: make another one (docs/decisions/0014-versions.md)"
    if path.stem == READABLE:
        assert to_json(expanded) == to_json(frozen["expanded"]), advice
    else:
        assert digest_of(expanded) == frozen["sha256"], advice


@pytest.mark.parametrize("version", sorted(int(path.name) for path in FOLDER.iterdir()))
def test_released_sites_expand_to_the_same_bytes(version: int) -> None:
    entries = json.loads((folder(version) / DIGESTS).read_text())["sites"]
    assert len(entries) > 100
    changed = [
        (entry["region"], entry["properties"])
        for entry in entries
        if digest(entry["properties"], entry["region"], version) != entry["sha256"]
    ]
    assert changed == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_newest_version_keeps_the_stores_of_a_released_one(path: Path) -> None:
    frozen = json.loads(path.read_text())
    newest = expand_template(of_version(frozen["written"], NEWEST), frozen["parameters"], REGIONS[0])
    released = expand_template(frozen["written"], frozen["parameters"], REGIONS[0])
    assert {name: store for name, store in stores(released, newest).items() if not store.safe} == {}


def test_site_without_a_version_has_the_oldest() -> None:
    assert expand_template(compact(), {}, "us-east-1") == expand_template(compact(Version=OLDEST), {}, "us-east-1")


@pytest.mark.parametrize(
    ("version", "shown", "advice"),
    [
        (NEWEST + 1, str(NEWEST + 1), f"upgrade the macro, which supports versions up to {NEWEST}"),
        (0, "0", "allowed: "),
        ("latest", "'latest'", "allowed: "),
        (None, "nothing (an empty value)", "allowed: "),
        (True, "true", "allowed: "),
    ],
)
def test_version_that_is_not_known_is_refused(version: Any, shown: str, advice: str) -> None:
    answer = handler(event(compact(Version=version)), None)
    assert answer["status"] == "failure"
    assert answer["errorMessage"].startswith(f"Resources.Site.Properties.Version: found {shown}; {advice}")


def test_version_may_be_a_parameter() -> None:
    template = {**compact(Version={"Ref": "Expansion"}), "Parameters": {"Expansion": {"Type": "Number"}}}
    assert expand_template(template, {"Expansion": str(NEWEST)}, "us-east-1")
    with pytest.raises(InvalidTemplateError, match=f"supports versions up to {NEWEST}"):
        expand_template(template, {"Expansion": str(NEWEST + 1)}, "us-east-1")


# A table whose defaults have changed twice, in versions that are not there yet.
@frozen
class Inner(PropertyGroup):
    size: int = prop("Size", Integer(1, 9), 3, reason="", before={2: 1, 3: 2})
    steady: bool = prop("Steady", Boolean(), True, reason="")


@frozen
class Outer(PropertyGroup):
    inner: Inner = prop("Inner", Group(Inner), Inner(), reason="")
    switched: Inner | None = prop(
        "Switched", OptionalGroup(Inner), None, reason="", known_at_expansion=True, before={3: Inner()}
    )


@pytest.mark.parametrize(("version", "size"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_default_is_that_of_the_version(version: int, size: int) -> None:
    reader = Reader({}, "us-east-1", version=version)
    switched = Inner(size) if version < 3 else None
    expected = values(Outer(Inner(size), switched))
    assert values(defaults(Outer, version)) == expected
    sites: tuple[Json, ...] = ({}, {"Inner": {}}, {"Inner": {"Steady": True}})
    for written in sites:
        assert values(read_group(Outer, written, "Site", reader)) == expected
    on = read_group(Outer, {"Switched": True}, "Site", reader).switched
    unsteady = read_group(Outer, {"Switched": {"Steady": False}}, "Site", reader).switched
    assert [each and values(each) for each in (on, unsteady)] == [values(Inner(size)), values(Inner(size, False))]
    assert values(read_group(Outer, {"Inner": {"Size": 9}}, "Site", reader).inner) == values(Inner(9))
    assert reader.problems == []
