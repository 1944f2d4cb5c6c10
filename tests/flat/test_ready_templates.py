"""The flat templates that ship with the project: forms without surprises, and sites that work."""

import json
import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from cli.analysis.updates.comparison import compare
from cli.analysis.updates.effects import Effect
from cli.flat.domain_parameter import PLACEHOLDER, with_domain_parameter
from cli.parameter_constraints import constraint_problems
from resilient_website.tiers.network.plan import TIERS, plan_subnets
from tests.bucket_contents import empty
from tests.deployment.deployed_examples import secondary_apis
from tests.diff.stacks import REGION, as_stack
from tests.flat.shipped import NAMES, shipped
from tests.sites import Installation
from tests.template_linters import validator_errors
from tools.emulator.endpoint import Emulator
from tools.emulator.instances import Instance, register
from tools.emulator.visitor import visit
from tools.repository import ROOT

Json = dict[str, Any]


@pytest.mark.parametrize("name", NAMES)
def test_validator_finds_no_error(name: str, tmp_path: Path) -> None:
    errors = validator_errors(shipped()[name], tmp_path)
    assert [message for message in errors if not message.startswith("'8.4' is not one of ['5.5.")] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_grouped_labelled_explained_and_does_something(name: str) -> None:
    template = shipped()[name]
    form = template["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [field for group in form["ParameterGroups"] for field in group["Parameters"]]
    assert sorted(grouped) == sorted(template["Parameters"]) == sorted(form["ParameterLabels"])
    text = json.dumps([template["Resources"], template["Conditions"]])
    for field, body in template["Parameters"].items():
        assert body["Description"]
        assert "AllowedPattern" not in body or body["ConstraintDescription"]
        assert json.dumps({"Ref": field}) in text or f"${{{field}}}" in text


def test_kinds_differ_in_what_cannot_be_a_field() -> None:
    assert "DomainName" not in shipped()["flat"]["Parameters"]
    assert shipped()["flat-domain"]["Parameters"]["HostedZoneId"]["Type"] == "AWS::Route53::HostedZone::Id"
    assert "AWS::ElastiCache" not in json.dumps(shipped()["flat-domain"])
    assert "CacheNodeType" in shipped()["flat-domain-cache"]["Parameters"]
    assert PLACEHOLDER not in json.dumps(shipped()["flat-domain"])


@pytest.mark.parametrize(
    ("part", "made"),
    [
        (PLACEHOLDER, {"Ref": "DomainName"}),
        (f"origin.{PLACEHOLDER}", {"Fn::Sub": "origin.${DomainName}"}),
        (f"${{x}} {PLACEHOLDER}", {"Fn::Sub": "${!x} ${DomainName}"}),
        ({"Fn::Sub": f"${{A}} {PLACEHOLDER}"}, {"Fn::Sub": "${A} ${DomainName}"}),
        (
            {"Fn::Sub": [f"${{A}} {PLACEHOLDER}", {"A": PLACEHOLDER}]},
            {"Fn::Sub": ["${A} ${DomainName}", {"A": {"Ref": "DomainName"}}]},
        ),
        (["a", {"b": PLACEHOLDER}], ["a", {"b": {"Ref": "DomainName"}}]),
    ],
)
def test_domain_is_put_wherever_it_stands(part: Any, made: Any) -> None:
    assert with_domain_parameter(part) == made


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("given", ["10.0.0.0/16", "172.31.0.0/16", "192.168.0.0/16"])
def test_address_range_is_divided_as_the_macro_divides_it(name: str, given: str) -> None:
    field = shipped()[name]["Parameters"]["CidrBlock"]
    assert not list(constraint_problems("CidrBlock", given, field))
    subnets = {each.suffix: each.cidr_block for each in plan_subnets(given, 3, TIERS)}
    found = dict[str, str]()
    for logical_id, body in shipped()[name]["Resources"].items():
        if body["Type"] == "AWS::EC2::VPC":
            assert body["Properties"]["CidrBlock"] == {"Ref": "CidrBlock"}
        elif body["Type"] == "AWS::EC2::Subnet":
            found[logical_id.removeprefix("Site")] = cidr(body["Properties"]["CidrBlock"], given)
    assert len(found) >= 6
    assert found.items() <= subnets.items()


def test_address_range_can_not_be_changed_later_as_its_field_says() -> None:
    template = shipped()["flat"]
    old, new = (as_stack(template, CidrBlock=given) for given in ("10.0.0.0/16", "10.64.0.0/16"))
    refused = {change.type for change in compare(old, new, REGION) if change.effect is Effect.REFUSED}
    assert {"AWS::RDS::DBSubnetGroup", "AWS::ElasticLoadBalancingV2::LoadBalancer"} <= refused
    assert "AWS refuses to change them later" in template["Parameters"]["CidrBlock"]["Description"]


@pytest.mark.parametrize("given", ["10.0.0.0/17", "10.0.0.0/15", "8.8.0.0/16", "10.0.1.0/16", "172.32.0.0/16"])
def test_address_range_of_another_size_or_of_others_is_refused(given: str) -> None:
    assert list(constraint_problems("CidrBlock", given, shipped()["flat"]["Parameters"]["CidrBlock"]))


def cidr(value: Json, given: str) -> str:
    """Return the block that CloudFormation makes. Source: "Fn::Cidr" in the CloudFormation Template Reference."""
    index, divided = value["Fn::Select"]
    block, count, bits = divided["Fn::Cidr"]
    assert block == {"Ref": "CidrBlock"}
    blocks = list(IPv4Network(given).subnets(new_prefix=32 - int(bits)))[: int(count)]
    return str(blocks[int(index)])


@pytest.fixture
def bare(emulator: Emulator, tmp_path: Path) -> Installation:
    """Return an account with nothing installed in it, in a Region that no template was expanded for."""
    return Installation(emulator, "200000000043", ROOT, build=tmp_path, region="us-west-2")


@pytest.fixture
def instance() -> Iterator[Instance]:
    with Instance("one") as running:
        yield running


@pytest.mark.parametrize("name", NAMES)
def test_site_from_its_form(name: str, bare: Installation, instance: Instance) -> None:
    domain = f"{name}.example"
    address = {"DomainName": f"www.{domain}", "HostedZoneId": bare.hosted_zone(domain)} if "domain" in name else {}
    cache = {"CacheNodeType": "cache.t4g.medium"} if "cache" in name else {}
    archive = {"ArtifactBucket": "releases", "ArtifactKey": "shop.zip", "ArtifactSha256": "a" * 64}
    application = {**archive, "ArtifactCommand": "./start"} if "application" in name else {}
    answers = {
        **address,
        **cache,
        **application,
        "InstanceType": "m7g.large",
        "CidrBlock": "172.20.0.0/16",
        "FallbackTitle": "Closed for now",
        "FallbackContactEmail": "hi@example.com",
        "AlarmEmail": "oncall@example.com",
    }
    outputs = bare.deploy(name, shipped()[name], **answers)
    ids = bare.resources(name)
    if address:
        assert outputs["Url"] == f"https://www.{domain}"
    subscriptions = bare.client("sns").list_subscriptions_by_topic(TopicArn=ids["SiteAlarmTopic"])["Subscriptions"]
    assert [entry["Endpoint"] for entry in subscriptions] == ["oncall@example.com"]
    versions = bare.client("ec2").describe_launch_template_versions(LaunchTemplateId=ids["SiteWebLaunchTemplate"])
    assert versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]["InstanceType"] == "m7g.large"
    described = bare.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [ids["SiteVpc"]]}])
    blocks = {subnet["SubnetId"]: subnet["CidrBlock"] for subnet in described["Subnets"]}
    assert blocks[ids["SiteDatabaseSubnet2"]] == "172.20.144.0/20"
    for output in ("Url", "DashboardUrl", "AssetsBucketUrl", "DatabaseSecretUrl"):
        assert re.fullmatch(r"https://\S+", outputs[output])

    register(bare.client("elbv2"), ids["SiteTargetGroup"], [instance])
    cloudfront = bare.client("cloudfront").get_distribution(Id=ids["SiteDistribution"])["Distribution"]
    assert visit(bare.emulator, cloudfront["DomainName"], "/").status == 200
    instance.kill()
    page = visit(bare.emulator, cloudfront["DomainName"], "/")
    assert (page.status, "Closed for now" in page.body, "hi@example.com" in page.body) == (503, True, True)
    assert bool(secondary_apis(bare, name)) == bool(address)

    # The same form with its optional fields emptied.
    bare.deploy(name, shipped()[name], **{**answers, "FallbackContactEmail": "", "AlarmEmail": ""})
    assert "hi@example.com" not in visit(bare.emulator, cloudfront["DomainName"], "/").body
    empty(bare.client("s3"), ids["SiteAssetsBucket"])
    assert bare.delete(name) == "DELETE_COMPLETE", bare.failures(name)
