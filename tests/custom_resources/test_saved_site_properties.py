"""The saved site's properties: every mistake at once, with its place and what to do."""

from typing import Any

import pytest

from saved_site.properties import BucketPrefix, Crawl, read
from shared.cfn_response.properties import InvalidPropertiesError

CRAWL = {"Crawl": {"StartUrl": "https://www.example.com/"}}


def test_defaults() -> None:
    site = read({"ServiceToken": "arn", "BucketName": "bucket", "Source": CRAWL})
    assert site.source == Crawl("https://www.example.com/", (), 500, 200_000_000, 10_000_000, 5, 600, 50, 0.1)
    assert (site.prefix, site.keep_versions, site.minimum_pages_percent) == ("_saved/", 3, 80)


def test_numbers_come_as_text_from_cloudformation_and_as_numbers_from_a_rule() -> None:
    for value in ("7", 7):
        site = read({"BucketName": "bucket", "KeepVersions": value, "Source": CRAWL})
        assert site.keep_versions == 7


def test_a_site_in_a_bucket() -> None:
    site = read({"BucketName": "bucket", "Source": {"BucketPrefix": {"Bucket": "other", "Prefix": "site/"}}})
    assert site.source == BucketPrefix("other", "site/")


@pytest.mark.parametrize(
    ("properties", "places"),
    [
        ({}, ["BucketName", "Source"]),
        ({"BucketName": "UPPER", "Prefix": "x", "Source": CRAWL}, ["BucketName", "Prefix"]),
        ({"BucketName": "bucket", "Sorce": 1, "Source": {}}, ["Sorce", "Source"]),
        ({"BucketName": "bucket", "Source": {**CRAWL, "BucketPrefix": {}}}, ["Source"]),
        ({"BucketName": "bucket", "Source": {"Crawl": "x"}}, ["Source.Crawl"]),
        ({"BucketName": "bucket", "KeepVersions": "1", "MinimumPagesPercent": "101", "Source": CRAWL}, 2),
        ({"BucketName": "bucket", "BannerText": " ", "FormText": "x" * 301, "Source": CRAWL}, 2),
        ({"BucketName": "bucket", "Source": {"BucketPrefix": {"Prefix": "/"}}}, 2),
        ({"BucketName": "bucket", "Source": {"BucketPrefix": {"Bucket": "bucket", "Prefix": ""}}}, 1),
    ],
)
def test_problems_come_with_their_places(properties: dict[str, Any], places: list[str] | int) -> None:
    with pytest.raises(InvalidPropertiesError) as caught:
        read(properties)
    lines = str(caught.value).splitlines()
    if isinstance(places, int):
        assert len(lines) == places
        assert all(line.startswith("Properties.") for line in lines)
    else:
        assert [line.split(":")[0] for line in lines] == [f"Properties.{place}" for place in places]


WRONG: dict[str, list[Any]] = {
    "StartUrl": ["", "/x", "ftp://a", "https://", "https://u:p@a/", "https://a:x/"],
    "Paths": ["x", ["x"], [1], {}],
    "MaxPages": ["0", "-1", "5001", "many", "1e3", []],
    "DelaySeconds": ["-1", "11", "nan", "soon"],
    "MaxBytes": ["400000001"],
    "MaxSeconds": ["601"],
    "MaxDepth": ["x"],
    "Depth": ["5"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_what_a_crawl_can_not_be_told(name: str, value: Any) -> None:
    with pytest.raises(InvalidPropertiesError) as caught:
        read({"BucketName": "bucket", "Source": {"Crawl": {**CRAWL["Crawl"], name: value}}})
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"Properties.Source.Crawl.{name}: ")
