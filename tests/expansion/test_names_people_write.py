"""Names that people write and that no property has: what the errors advise is right, and can be followed."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import yaml
from cfnlint.schema.manager import ProviderSchemaManager

from resilient_website.cloudformation.overrides import deep_merge
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.properties import Property, properties
from resilient_website.reading.unknown_names import SITE, advice, fix_for_unknown, plain, table
from resilient_website.site_spec import ALL_PROPERTIES

# What some of the properties in the advice need.
BASE: dict[str, Any] = {
    "DomainName": "www.example.com",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "Cache": True,
    "Files": True,
    "Monitoring": {"AlarmEmail": "team@example.com"},
}
ROWS = [(group, name, written) for group, rows in table().items() for name, written in rows.items()]


def group_rows() -> dict[str, tuple[Property, ...]]:
    """Return the properties of every group, and of the groups in them, by the group's path in the site."""
    found: dict[str, tuple[Property, ...]] = {SITE: ALL_PROPERTIES}

    def add(path: str, rows: tuple[Property, ...]) -> None:
        for row in rows:
            spec = getattr(row.kind, "spec", None) or getattr(getattr(row.kind, "item", None), "spec", None)
            if spec is not None:
                found[f"{path}{row.name}"] = properties(spec)
                add(f"{path}{row.name}.", properties(spec))

    add("", ALL_PROPERTIES)
    return found


GROUPS = group_rows()
NAMES = {group: {row.name for row in rows} for group, rows in GROUPS.items()}
LISTS = {row.name for rows in GROUPS.values() for row in rows if isinstance(row.kind, ListOf)}
PATHS = {f"{group}.{name}".removeprefix(f"{SITE}.") for group, names in NAMES.items() for name in names}


def problems(given: Mapping[str, Any]) -> list[Problem]:
    """Return the problems of a site; none if it expands."""
    resources = {"Site": {"Type": "ResilientWebsite", "Properties": given}}
    try:
        expand_template({"Resources": resources}, {}, "us-east-1")
    except InvalidTemplateError as error:
        return list(error.problems)
    return []


def within(group: str, values: Any) -> Any:
    """Return a site's properties with values in a group."""
    for name in reversed([] if group == SITE else group.split(".")):
        values = {name: [values] if name in LISTS else values}
    return values


def quoted(written: str) -> Iterator[str]:
    """Yield what is in backticks."""
    yield from re.findall(r"`([^`]+)`", written)


def test_many_names_are_covered() -> None:
    assert len(ROWS) > 300


@pytest.mark.parametrize("group", table())
def test_groups_and_their_names_are_as_in_the_site(group: str) -> None:
    assert group in NAMES
    having = {plain(name) for name in NAMES[group]}
    assert [name for name in table()[group] if plain(name) in having] == [], "a property now: delete the row"
    assert len(advice(group)) == len(table()[group]), "two rows for one name"


@pytest.mark.parametrize(("group", "name", "written"), ROWS)
def test_advice_can_be_followed(group: str, name: str, written: str) -> None:
    assert written.count("`") % 2 == 0
    for each in quoted(written):
        if ": " in each:
            snippet = yaml.safe_load(each if each.startswith("{") else "{" + each + "}")
            site = snippet if snippet.keys() <= NAMES[SITE] else within(group, snippet)
            assert problems(deep_merge(BASE, site)) == [], each
        else:
            assert each in PATHS or each in NAMES[group], each
    assert "`" in written or re.search("leave|!GetAtt|stack|Session Manager", written), f"{name}: says what to do"


@pytest.mark.parametrize("group", table())
def test_errors_give_the_advice(group: str) -> None:
    wrong = within(group, dict.fromkeys(table()[group], "x"))
    fixes = {problem.path: problem.fix for problem in problems(wrong) if problem.found == "unknown property"}
    for name, written in table()[group].items():
        place = (
            "Resources.Site.Properties"
            + ("" if group == SITE else f".{group}")
            + ("[0]" if group.rpartition(".")[2] in LISTS else "")
        )
        fix = fixes[f"{place}.{name}"]
        assert fix.removeprefix("write ").endswith(written.removeprefix("write ").replace("`", "")) or (
            fix == f"did you mean {written.strip('`')}?"
        )


@cache
def schema(resource_type: str) -> Any:
    return ProviderSchemaManager().get_resource_schema("us-east-1", resource_type).schema


@pytest.mark.parametrize(("group", "name", "written"), [row for row in ROWS if "Overrides: {" in row[2]])
def test_overrides_set_properties_that_their_resources_have(group: str, name: str, written: str) -> None:
    del group, name
    (snippet,) = [yaml.safe_load("{" + each + "}") for each in quoted(written) if "Overrides" in each]
    site = {"Type": "ResilientWebsite", "Properties": BASE}
    resources = expand_template({"Resources": {"Site": site}}, {}, "us-east-1")["Resources"]
    ((resource, values),) = snippet["Overrides"].items()
    assert values.keys() <= schema(resources[f"Site{resource}"]["Type"])["properties"].keys()


def names_of_cloudformation(group: str) -> Iterator[str]:
    """Yield every property name of the resource types that a group's properties map to, and of their parts."""
    mapped = [each.partition(".")[0] for row in GROUPS[group] for each in row.maps_to.split(", ")]
    for resource_type in sorted({each for each in mapped if each.startswith("AWS::")}):
        parts = [schema(resource_type), *schema(resource_type).get("definitions", {}).values()]
        yield from (name for part in parts for name in part.get("properties", {}))


@pytest.mark.parametrize("group", [group for group in GROUPS if group != SITE])
def test_no_name_of_cloudformation_leads_to_another_meaning(group: str) -> None:
    path = f"Resources.Site.Properties.{group}"
    for name in sorted({*names_of_cloudformation(group)} - NAMES[group]):
        meant = re.fullmatch(r"did you mean (\w+)\?", fix_for_unknown(path, name, NAMES[group]))
        same = meant is None or plain(name) == plain(meant[1])
        assert same or plain(name) in advice(group), f"{name}: add a row, unless {meant} means the same"


@pytest.mark.parametrize(
    ("given", "fix"),
    [
        ({"Cache": {"NumNodes": 3}}, "Replicas (valkey and redis), or all of them as NumCacheNodes (memcached)"),
        ({"Network": {"Cidr": "10.0.0.0/16"}}, "did you mean CidrBlock?"),
        ({"Network": {"cidr_block": "10.0.0.0/16"}}, "did you mean CidrBlock?"),
        ({"Database": {"Engine": "postgres"}}, "the database is RDS for MySQL; leave Engine out"),
        ({"Database": {"Enabled": False}}, "write Database: false for no database"),
        ({"Database": {"MultiAz": False}}, "did you mean MultiAZ?"),
        ({"Databse": False}, "did you mean Database?"),
        ({"WebServers": {"KeyName": "me"}}, "connect with Session Manager"),
        ({"WebServers": {"Colour": "red"}}, "allowed here: Artifact, "),
    ],
)
def test_names_of_the_first_users(given: Any, fix: str) -> None:
    (problem,) = problems(given)
    assert fix in problem.fix
    assert len(problem.fix) < 700
