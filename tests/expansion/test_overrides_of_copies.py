"""Overrides of a site with a copy: both Regions have the same template, so they may name what one half has."""

from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError

PRIMARY, SECONDARY = "us-east-1", "us-west-2"
SITE = {
    "DomainName": "www.example.com",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "Cache": True,
    "Secondary": {"Region": SECONDARY},
}


def expanded(region: str, overrides: dict[str, Any], **changed: Any) -> dict[str, Any]:
    site = {"Type": "ResilientWebsite", "Properties": {**SITE, "Overrides": overrides, **changed}}
    resources: dict[str, Any] = expand_template({"Resources": {"Site": site}}, {}, region)["Resources"]
    return resources


# A pilot light has no cache, the copy no distribution, and the primary half nothing that compares the halves.
@pytest.mark.parametrize(
    ("name", "having", "lacking"),
    [
        ("CacheReplicationGroup", PRIMARY, SECONDARY),
        ("Distribution", PRIMARY, SECONDARY),
        ("HalvesDifferAlarm", SECONDARY, PRIMARY),
    ],
)
def test_what_one_half_has_may_be_overridden(name: str, having: str, lacking: str) -> None:
    tried = {name: {"Tried": "yes"}}
    with_it, without_it = expanded(having, tried), expanded(lacking, tried)
    assert with_it[f"Site{name}"]["Properties"]["Tried"] == "yes"
    assert f"Site{name}" not in without_it
    assert without_it.keys() == expanded(lacking, {}).keys()


def test_it_is_overridden_once_the_copy_is_active() -> None:
    active = {"Region": SECONDARY, "ActiveRegion": SECONDARY}
    made = expanded(SECONDARY, {"CacheReplicationGroup": {"Tried": "yes"}}, Secondary=active)
    assert made["SiteCacheReplicationGroup"]["Properties"]["Tried"] == "yes"


@pytest.mark.parametrize("region", [PRIMARY, SECONDARY])
def test_what_no_half_has_is_refused_in_both(region: str) -> None:
    with pytest.raises(InvalidTemplateError, match=r"Overrides\.FileSystem: this site has no resource SiteFileSystem"):
        expanded(region, {"FileSystem": {"Encrypted": True}})


def test_a_site_without_a_copy_has_nothing_elsewhere() -> None:
    with pytest.raises(InvalidTemplateError, match=r"Overrides\.HalvesDifferAlarm: this site has no resource"):
        expanded(PRIMARY, {"HalvesDifferAlarm": {"Threshold": 1}}, Secondary="Static")
