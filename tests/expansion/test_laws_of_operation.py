"""Laws of operation: alarms, drills and tags, on every site."""

import json
import re
from pathlib import Path
from typing import Any

import cfnlint
import pytest
from cfnlint.schema.manager import ProviderSchemaManager
from hypothesis import given

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.cloudformation.references import references
from resilient_website.expand import expand_template
from tests.expansion.expanded import expand, of_type
from tests.expansion.random_copies import SECONDARY, copy_half, halves
from tests.expansion.random_copies import SITES as SITES_WITH_COPY
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples
from tools.reference.alarms_page import text
from tools.repository import ROOT

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"
# CloudFront changes no VPC origin in use, so that tags on one could never change. Source: "Restrict access with VPC
# origins".
UNTAGGED = ("AWS::CloudFront::VpcOrigin",)


@given(SITES)
@examples(50)
def test_every_alarm_tells_somebody_what_to_do(properties: dict[str, Any]) -> None:
    for name, alarm in of_type(expand(properties), "AWS::CloudWatch::Alarm"):
        assert len(text(alarm["AlarmDescription"])) > 60, name
        assert len(alarm.get("Metrics", [])) <= 11
        assert alarm.get("AlarmActions") or name.endswith(("Down", "Stopped"))


@pytest.mark.parametrize("front_door", ["CloudFront", "LoadBalancer"])
def test_everything_that_can_carry_tags_carries_them(front_door: str) -> None:
    template = read_template(ROOT / "examples" / "everything.yaml")
    everything = template["Resources"]["Site"]["Properties"]
    delivery = everything["Delivery"] if front_door == "CloudFront" else {}
    everything |= {"FrontDoor": front_door, "Delivery": delivery, "Database": {"BackupPlan": True}}
    resources = expand_template(template, parameter_values(template, {}), "us-east-1")["Resources"]
    schemas = ProviderSchemaManager(SCHEMAS / "providers", SCHEMAS / "resources")
    for name, body in resources.items():
        if body["Type"].startswith("Custom::") or body["Type"] in UNTAGGED:
            continue
        properties = schemas.get_resource_schema("us-east-1", body["Type"]).schema["properties"]
        places = [key for key in properties if key.endswith("Tags")]
        reported = json.dumps(
            [body["Properties"].get(key) for key in places] + [body["Properties"].get("LaunchTemplateData")]
        )
        assert not places or '"shop"' in reported, f"{name} ({body['Type']})"


DATABASE = {"Fn::GetAtt": ["SiteDatabase", "DBInstanceArn"]}


@given(SITES)
@examples(50)
def test_drills_end_by_themselves_and_touch_this_site_only(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    own = {"resilient-website:site": {"Fn::Sub": "${AWS::StackName}/Site"}}
    found = dict(of_type(resources, "AWS::FIS::ExperimentTemplate"))
    assert bool(found) == bool(properties.get("Drills"))
    for name, drill in found.items():
        alarms = [condition["Value"]["Fn::GetAtt"][0] for condition in drill["StopConditions"]]
        assert alarms, name
        assert all(resources[alarm]["Type"] == "AWS::CloudWatch::Alarm" for alarm in alarms), name
        zone = re.fullmatch(r"SiteZoneDrill(\d)", name)
        for target in drill["Targets"].values():
            if zone and target["ResourceType"] == "aws:rds:db":
                assert target["Parameters"] == {"availabilityZoneIdentifiers": _zone(drill)}
            assert target.get("ResourceTags") == own or target["ResourceArns"] == [DATABASE]
        assert {t for action in drill["Actions"].values() for t in action["Targets"].values()} == set(drill["Targets"])
    for statement in (
        (resources["SiteDrillsRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]) if found else ()
    ):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if actions == ["kms:CreateGrant"]:
            # A grant for a volume of a server, asked for by EC2 itself.
            asked = statement["Condition"]
            assert asked["StringEquals"] == {"kms:ViaService": {"Fn::Sub": "ec2.${AWS::Region}.amazonaws.com"}}
            assert asked["Bool"] == {"kms:GrantIsForAWSResource": "true"}
        reading = all(action.partition(":")[2].startswith(("Describe", "Get")) for action in actions)
        assert reading or "Condition" in statement or references(statement["Resource"]) & set(resources)


def _zone(drill: dict[str, Any]) -> Any:
    """Return the zone whose servers a drill stops."""
    (zone,) = (
        each["Values"] for each in drill["Targets"]["Servers"]["Filters"] if each["Path"].startswith("Placement")
    )
    return zone[0]


def test_drills_may_start_servers_whose_volumes_have_a_key_of_the_customer() -> None:
    resources = expand({"Drills": True})
    statements = resources["SiteDrillsRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert [each["Action"] for each in statements].count("kms:CreateGrant") == 1


@given(SITES_WITH_COPY)
@examples(20)
def test_drills_of_a_copy_touch_only_what_a_switch_relies_on(properties: dict[str, Any]) -> None:
    primary, secondary = halves({**properties, "Drills": True})
    tagged = {"resilient-website:replicated": {"Fn::Sub": "${AWS::StackName}/Site"}}
    paused = primary["SiteAssetsReplicationDrill"]["Properties"]
    assert paused["Targets"]["Assets"]["ResourceTags"] == tagged
    assert paused["Actions"]["Assets"]["Parameters"]["region"] == properties["Secondary"]["Region"]
    tags = {tag["Key"]: tag["Value"] for tag in primary["SiteAssetsBucket"]["Properties"]["Tags"]}
    assert tagged.items() <= tags.items()
    assert not any(
        "replicated" in json.dumps(bucket.get("Tags")) for _, bucket in of_type(secondary, "AWS::S3::Bucket")
    )
    assert "SiteCopyDatabaseDrill" not in primary
    assert "SiteAssetsReplicationDrill" not in secondary
    assert ("SiteCopyDatabaseDrill" in secondary) is ("SiteDatabase" in secondary)
    for name, drill in of_type(secondary, "AWS::FIS::ExperimentTemplate"):
        alarms = [condition["Value"]["Fn::GetAtt"][0] for condition in drill["StopConditions"]]
        assert alarms, name
        assert all(secondary[alarm]["Type"] == "AWS::CloudWatch::Alarm" for alarm in alarms), name
        for target in drill["Targets"].values():
            assert "ResourceTags" in target or target["ResourceArns"] == [DATABASE]
    active = copy_half({**properties, "Drills": True}, ActiveRegion=SECONDARY)
    assert "SiteCopyDatabaseDrill" not in active


def test_drill_can_pause_the_replication_of_one_bucket_to_one_region() -> None:
    site = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ", "Drills": True}
    resources = expand({**site, "Secondary": {"Region": SECONDARY}})
    statements = resources["SiteDrillsRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    (paused,) = (each for each in statements if each["Action"] == "s3:PauseReplication")
    assert references(paused["Resource"]) & {"SiteAssetsBucket"}
    assert paused["Condition"] == {"StringEquals": {"s3:destinationRegion": SECONDARY}}
    (changes,) = (each for each in statements if each["Action"] == "s3:PutReplicationConfiguration")
    assert changes["Condition"] == {"BoolIfExists": {"s3:isReplicationPauseRequest": "true"}}
    assert changes["Resource"] == paused["Resource"]
