"""What functions have in common with the macro: they are packaged without it, and can't import it."""

import re
from typing import Any

import pytest

from certificate import properties as certificate
from database_secret import handler, password
from fallback_site import properties as fallback_site
from origin_secret import header, places
from resilient_website.facts.regions import REGIONS
from resilient_website.reading import web_origins
from resilient_website.reading.properties import properties
from resilient_website.reading.property_types import Integer, Text
from resilient_website.tiers import domain
from resilient_website.tiers.database import instances
from resilient_website.tiers.database import secret as database_secret
from resilient_website.tiers.delivery import result as delivery
from resilient_website.tiers.fallback.spec import FallbackSpec
from resilient_website.tiers.load_balancer import origin_secret
from resilient_website.tiers.saved_site import saving
from resilient_website.tiers.saved_site.spec import CrawlSpec, SourceSpec
from saved_site import properties as saved_site
from saved_site import worker
from shared.cfn_response.properties import REGION, Table
from tests.expansion.expanded import expand, of_type

# Rows of the macro's tables whose properties a function has in a table of its own.
SAVING = {**saved_site.PROPERTIES, **saved_site.CRAWL}
NUMBERS = [
    row
    for spec in (CrawlSpec, SourceSpec)
    for row in properties(spec)
    if row.name in SAVING and isinstance(row.kind, Integer)
]


@pytest.fixture(scope="module")
def secrets() -> dict[str, Any]:
    """Return how each secret of a site is generated, by the end of its logical id."""
    made = of_type(expand({}), "AWS::SecretsManager::Secret")
    return {name.removeprefix("Site"): body["GenerateSecretString"] for name, body in made}


def test_rotated_passwords_are_like_the_first(secrets: dict[str, Any]) -> None:
    first = secrets[database_secret.SECRET]
    assert (first["PasswordLength"], first["ExcludeCharacters"]) == (password.LENGTH, password.EXCLUDED)


def test_rotated_header_values_are_like_the_first(secrets: dict[str, Any]) -> None:
    assert secrets[origin_secret.SECRET]["PasswordLength"] == header.LENGTH
    assert origin_secret.HEADER == header.HEADER


def test_rotations_look_for_the_ends_of_the_logical_ids() -> None:
    assert (handler.SECRET, handler.INSTANCE) == (database_secret.SECRET, instances.PRIMARY)
    assert (places.SECRET, places.RULE, places.DISTRIBUTION) == (
        origin_secret.SECRET,
        origin_secret.RULE,
        delivery.DISTRIBUTION,
    )


def default(table: Table, name: str) -> Any:
    _field, reader, value = table[name]
    return reader(value)


@pytest.mark.parametrize("name", ["Language", "ContactEmail"])
def test_page_takes_what_the_macro_takes(name: str) -> None:
    (row,) = (row for row in properties(FallbackSpec) if row.name == name)
    read = fallback_site.PROPERTIES[name][1]
    assert isinstance(row.kind, Text)
    for value in (*row.examples, "de", "zh-Hant-TW", "a@b.example", "a@b", "@", "x y@b.example", "e", "english"):
        if re.fullmatch(str(row.kind.pattern), value):
            assert read(value) == value
        else:
            with pytest.raises(ValueError, match="write a"):
                read(value)


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row.name)
def test_crawl_has_the_macros_limits(row: Any) -> None:
    reader = SAVING[row.name][1]
    assert default(SAVING, row.name) == row.default
    assert (reader(row.kind.minimum), reader(row.kind.maximum)) == (
        row.kind.minimum,
        row.kind.maximum,
    )
    for value in (row.kind.minimum - 1, row.kind.maximum + 1):
        with pytest.raises(ValueError, match=f"from {row.kind.minimum} to {row.kind.maximum}"):
            reader(value)


def test_limits_are_compared() -> None:
    assert {row.name for row in NUMBERS} == {"MaxPages", "MaxDepth", "MaxSeconds", "KeepVersions"}


def test_crawl_expects_the_functions_memory() -> None:
    assert saving.FUNCTION.memory == worker.USUAL_MEGABYTES


def test_certificates_have_the_macros_names() -> None:
    assert certificate.MAX_MAIN_NAME_LENGTH == domain.MAX_COMMON_NAME_LENGTH
    assert domain.HOST_NAME.longest == certificate.MAX_NAME_LENGTH
    assert web_origins.LABEL == certificate._LABEL


def test_functions_take_every_region() -> None:
    assert [name for name in REGIONS if not re.fullmatch(REGION, name)] == []
