"""Copies in Regions that differ from the site's: what they lack, what only the primary half has, ids of one Region."""

from typing import Any

import pytest

from resilient_website.expand import expand_template
from tests.expansion.one_site import DOMAIN, KEY, refused

Json = dict[str, Any]

COPIED = {**DOMAIN, "Secondary": {"Region": "us-west-2"}}


def test_halves_differ_in_the_names_of_their_zones_but_not_in_their_number() -> None:
    def declared(zones: Any, region: str) -> str:
        parameters = {"Zones": {"Type": "CommaDelimitedList"}}
        written = {"Ref": "Zones"} if isinstance(zones, list) else zones
        site = {**COPIED, "Network": {"AvailabilityZones": written}}
        template = {
            "Parameters": parameters,
            "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": site}},
        }
        made = expand_template(template, {"Zones": zones}, region)["Resources"]
        return str(made["SiteDeclared"]["Properties"]["Value"])

    named = [declared([f"{region}a", f"{region}b"], region) for region in ("us-east-1", "us-west-2")]
    assert named[0] == named[1]
    assert declared(2, "us-east-1") == declared(2, "us-west-2") != declared(3, "us-west-2")


# What only the primary half has: a budget covers all Regions, and the distribution is the site's only one.
OF_PRIMARY: dict[str, tuple[Json, str, str]] = {
    "budget": ({"Monitoring": {"AlarmEmail": "a@example.com", "MonthlyBudget": 9}}, "eu-north-1", "MonthlyBudget"),
    "origin shield": ({"Delivery": {"OriginShield": True}}, "ap-southeast-6", "OriginShield"),
    "access logs of CloudFront": ({"Delivery": {"AccessLogs": True}}, "eu-south-2", "AccessLogs"),
}


@pytest.mark.parametrize("copy", [{"Mode": "PilotLight"}, {"Mode": "Backups"}], ids=str)
@pytest.mark.parametrize(("properties", "region", "name"), OF_PRIMARY.values(), ids=OF_PRIMARY)
def test_copy_needs_nothing_that_only_the_primary_half_has(
    properties: Json, region: str, name: str, copy: Json
) -> None:
    lists = {"LoadBalancer": {"CloudFrontPrefixListId": "None"}}
    site = {**DOMAIN, **lists, **properties, "Secondary": {"Region": region, "ActiveRegion": region, **copy}}
    assert [refused(site, each) for each in ("eu-west-1", region)] == [[], []]
    alone = refused({**DOMAIN, **lists, **properties}, region)
    assert [name in each for each in alone] == [True]


def test_drills_are_refused_in_both_halves_where_the_copy_could_have_none() -> None:
    lists = {"LoadBalancer": {"CloudFrontPrefixListId": "None"}}
    site = {**DOMAIN, **lists, "Secondary": {"Region": "ap-southeast-3"}, "Drills": True}
    problem = "Drills: CloudFormation doesn't support experiment templates in ap-southeast-3"
    for region in ("ap-southeast-1", "ap-southeast-3"):
        assert [each.partition(";")[0] for each in refused(site, region)] == [problem]


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"Database": {"BackupPlan": {"KmsKeyArn": KEY}}}, "Database.BackupPlan.KmsKeyArn"),
        ({"LoadBalancer": {"CloudFrontPrefixListId": "pl-3b927c52"}}, "LoadBalancer.CloudFrontPrefixListId"),
        (
            {
                "FrontDoor": "LoadBalancer",
                "Security": {"WebACLArn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/b"},
            },
            "Security.WebACLArn",
        ),
    ],
    ids=["vault's key", "prefix list", "web ACL"],
)
def test_ids_of_one_region_are_refused_before_the_copy_is_deployed(properties: Json, path: str) -> None:
    assert [each.partition(":")[0] for each in refused({**COPIED, **properties})] == [path]
    assert refused({**DOMAIN, **properties}) == []


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_copy_has_addresses_for_its_servers(region: str) -> None:
    copied = {**DOMAIN, "Secondary": {"Region": "us-west-2", "CidrBlock": "10.1.0.0/23"}}
    (problem,) = refused({**copied, "WebServers": {"MaxSize": 58}}, region)
    assert problem.startswith("WebServers.MaxSize: found up to 58 servers")
    assert problem.endswith("at most 57, or a larger Secondary.CidrBlock")
    assert refused({**copied, "WebServers": {"MaxSize": 57}}, region) == []


def test_ids_of_all_regions_are_taken_with_a_copy() -> None:
    acl = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b"
    site = {"LoadBalancer": {"CloudFrontPrefixListId": "None"}, "Security": {"WebACLArn": acl}}
    assert [refused({**COPIED, **site}, region) for region in ("us-east-1", "us-west-2")] == [[], []]


def test_prefix_list_of_the_copys_region_is_asked_for_at_once() -> None:
    site = {**DOMAIN, "Secondary": {"Region": "mx-central-1"}}
    (problem,) = refused(site, "us-east-1")
    assert problem.startswith("LoadBalancer.CloudFrontPrefixListId: missing")
    assert "whose value here is pl-3b927c52, and there the output of: aws ec2" in problem
    assert "mx-central-1" in problem
    listed = {"LoadBalancer": {"CloudFrontPrefixListId": {"Ref": "Lists"}}}
    template = {
        "Parameters": {"Lists": {"Type": "String"}},
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": {**site, **listed}}},
    }
    for region, prefix_list in (("us-east-1", "pl-3b927c52"), ("mx-central-1", "pl-0123456789abcdef0")):
        assert expand_template(template, {"Lists": prefix_list}, region)["Resources"]
