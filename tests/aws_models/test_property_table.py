"""No property's kind is wider than what AWS's models say about the properties that it maps to."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.properties import Property
from resilient_website.reading.property_types import IntegerChoice, PropertyType, Text
from tests.aws_models.constraints import Place
from tests.aws_models.kind_values import longest, values
from tests.aws_models.property_rows import mapped_properties, places, rows
from tests.aws_models.refusals import refusals

ROWS = dict(rows())
WIDER: list[dict[str, str]] = tomllib.loads((Path(__file__).parent / "wider_kinds.toml").read_text())["accepted"]


@pytest.mark.parametrize("path", ROWS)
def test_no_kind_is_wider_than_what_it_lands_on(path: str) -> None:
    found = [each for each in wider(path, ROWS[path]) if not accepted(each)]
    assert found == []


def test_every_accepted_width_is_one() -> None:
    found = [each for path, row in ROWS.items() for each in wider(path, row)]
    assert [entry for entry in WIDER if not any(_matches(entry, each) for each in found)] == []


def test_every_landing_is_in_the_schema() -> None:
    lost = {
        target
        for row in ROWS.values()
        for target in mapped_properties(row)
        if "schema" not in dict(places(target)) and not target.endswith(".DeletionPolicy")
    }
    assert lost == set()


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (Text("a path"), "AWS::IAM::Role.Path"),
        (Text("a path", r"/[a-z/]*"), "AWS::IAM::Role.Path"),
        (ListOf(Text("a name", "[a-z]{5}"), 0, 3), "AWS::CertificateManager::Certificate.SubjectAlternativeNames"),
        (ListOf(Text("a country", "[A-Z]{2}")), "AWS::CloudFront::Distribution.DistributionConfig.Restrictions."
         "GeoRestriction.Locations"),
        (IntegerChoice((1, 9999)), "AWS::Logs::LogGroup.RetentionInDays"),
    ],
)  # fmt: skip
def test_wider_kinds_are_found(kind: PropertyType, target: str) -> None:
    row = Property("Wide", kind, None, "", known_at_expansion=False, presence_decides=False, maps_to=target, before={})
    assert list(wider("Wide", row))


def wider(path: str, row: Property) -> Iterator[str]:
    """Yield what a property takes, and one of its targets does not."""
    taken = list(values(row.kind)) if mapped_properties(row) else []
    for target in mapped_properties(row):
        for judge, place in places(target):
            found = {reason: None for value in taken for reason in _refused(value, row.kind, place)}
            yield from (f"{path} {target} ({judge}): {reason}" for reason in [*found, *_too_long(row.kind, place)])


def _refused(value: object, kind: PropertyType, place: Place) -> list[str]:
    """Return why a value is refused; one that becomes one of several items is looked at as an item."""
    if not isinstance(kind, ListOf) and place.item() is not None:
        place = place.item() or place
    if isinstance(kind, ListOf) and place.item() is None and isinstance(value, list):
        return [reason for item in value for _, reason in refusals(item, place, "")]
    return [reason for _, reason in refusals(value, place, "")]


def _too_long(kind: PropertyType, place: Place) -> Iterator[str]:
    """Yield why the longest text of a kind is refused: random ones are rarely the longest."""
    text = kind.item if isinstance(kind, ListOf) else kind
    target = place.item() or place
    if isinstance(text, Text):
        most = target.constraints().lengths[1]
        if most is not None and longest(text) > most:
            yield f"texts of {longest(text)} characters, more than {most:g}"


def accepted(finding: str) -> bool:
    """Tell whether wider_kinds.toml has a finding."""
    return any(_matches(entry, finding) for entry in WIDER)


def _matches(entry: dict[str, str], finding: str) -> bool:
    return re.match(entry["finding"], finding) is not None
