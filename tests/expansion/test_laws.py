"""Laws of the architecture: they hold for every site, checked on the expanded resources."""

import json
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import cfnlint
import pytest
from cfnlint.schema.manager import ProviderSchemaManager
from hypothesis import given

from launch.template_file import read_template
from resilient_website.behaviors import CACHING_DISABLED
from resilient_website.expand import expand_template
from resilient_website.instance.scripts import USER_DATA_LIMIT
from resilient_website.references import references
from tests.effort import examples
from tests.emulator.endpoint import ROOT
from tests.expansion.random_sites import SITES

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"

Resources = dict[str, dict[str, Any]]

STORES = ("AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::ElastiCache::ReplicationGroup")
# CloudFront changes no VPC origin in use, so that tags on one could never change. Source: "Restrict access with VPC
# origins".
UNTAGGED = ("AWS::CloudFront::VpcOrigin",)


def expand(properties: dict[str, Any]) -> Resources:
    template = {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}}}
    resources: Resources = expand_template(template, {}, "us-east-1")["Resources"]
    return resources


def of_type(resources: Resources, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, body in resources.items():
        if body["Type"] == kind:
            yield name, body["Properties"]


def everywhere(resources: Resources) -> Iterator[Resources]:
    """Yield the site's resources, and those of its stacks in other Regions."""
    yield resources
    for _, stack in of_type(resources, "Custom::RemoteStack"):
        yield json.loads(stack["TemplateBody"])["Resources"]


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def group_id(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "GroupId"]}


def zones(properties: dict[str, Any]) -> int:
    network = properties.get("Network", {})
    count: int = len(network["PublicSubnetIds"]) if "VpcId" in network else network.get("AvailabilityZones", 3)
    return count


def own_vpc(properties: dict[str, Any]) -> bool:
    return "VpcId" not in properties.get("Network", {})


@given(SITES)
def test_references_resolve_and_form_no_cycle(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    graph: dict[str, set[str]] = {}
    for name, body in resources.items():
        depends = body.get("DependsOn", [])
        explicit = {depends} if isinstance(depends, str) else set(depends)
        implicit = {found for found in references(body["Properties"]) if not found.startswith("AWS::")}
        assert explicit | implicit <= set(resources)
        graph[name] = explicit | implicit
    list(TopologicalSorter(graph).static_order())


@given(SITES)
def test_fallback_is_where_it_is_asked_for(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    region = properties.get("Fallback", {}).get("Region")
    stacks = [stack for _, stack in of_type(resources, "Custom::RemoteStack")]
    assert {stack["Region"] for stack in stacks} == ({region} if region else set())
    assert ("SiteFallbackBucket" in resources) is (region is None)
    for stack in stacks:
        inner = json.loads(stack["TemplateBody"])
        # All that comes in is a parameter: an export of one Region is none of another.
        assert "Fn::ImportValue" not in stack["TemplateBody"]
        assert set(inner.get("Parameters", {})) == set(stack["Parameters"])
        used = {name for name in references(inner) if "::" not in name}
        assert used <= {*inner["Resources"], *inner.get("Parameters", {})}
        assert not any(body["Type"].startswith("AWS::IAM::") for body in inner["Resources"].values())


@given(SITES)
def test_same_input_same_bytes_in_any_order(properties: dict[str, Any]) -> None:
    backwards = dict(reversed(properties.items()))
    assert json.dumps(expand(properties)) == json.dumps(expand(properties)) == json.dumps(expand(backwards))


@given(SITES)
def test_no_single_point_of_failure(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    count = zones(properties)
    for _, group in of_type(resources, "AWS::AutoScaling::AutoScalingGroup"):
        assert len(group["VPCZoneIdentifier"]) == count
        assert int(group["MinSize"]) >= count
        assert int(group["MaxSize"]) > int(group["MinSize"])
        assert group["HealthCheckType"] == "ELB"
    for _, balancer in of_type(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer"):
        assert len(balancer["Subnets"]) == count
    for name, database in of_type(resources, "AWS::RDS::DBInstance"):
        assert database.get("MultiAZ", "replica") == (True if "Replica" not in name else "replica")
    for _, cache in of_type(resources, "AWS::ElastiCache::ReplicationGroup"):
        assert cache["AutomaticFailoverEnabled"] is cache["MultiAZEnabled"] is True
        assert cache.get("NumCacheClusters", 0) >= 2 or cache["ReplicasPerNodeGroup"] >= 1
    for _, cache in of_type(resources, "AWS::ElastiCache::CacheCluster"):
        assert cache["NumCacheNodes"] >= 2
        assert cache["AZMode"] == "cross-az"
    places = [json.dumps(subnet["AvailabilityZone"]) for _, subnet in of_type(resources, "AWS::EC2::Subnet")]
    assert len(set(places)) == (count if own_vpc(properties) else 0)


@given(SITES)
def test_stores_are_private_encrypted_and_kept(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    for each in everywhere(resources):
        for name, body in each.items():
            if body["Type"] in STORES:
                assert {"DeletionPolicy", "UpdateReplacePolicy"} <= set(body), name
        for _, bucket in of_type(each, "AWS::S3::Bucket"):
            assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
            assert bucket["BucketEncryption"]
    for name, database in of_type(resources, "AWS::RDS::DBInstance"):
        assert database["PubliclyAccessible"] is False
        if "SourceDBInstanceIdentifier" in database:
            continue
        assert database["StorageEncrypted"] is True
        assert "{{resolve:secretsmanager:" in json.dumps(database["MasterUserPassword"])
        assert resources[name]["DeletionPolicy"] == resources[name]["UpdateReplacePolicy"] == "Snapshot"
        assert database["BackupRetentionPeriod"] >= 1
    for kind in ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster"):
        for _, cache in of_type(resources, kind):
            assert cache["TransitEncryptionEnabled"] is True


@given(SITES)
def test_only_what_the_architecture_needs_may_connect(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    for name, group in of_type(resources, "AWS::EC2::SecurityGroup"):
        of_load_balancer = name in ("SiteLoadBalancerSecurityGroup", "SiteLoadBalancerHttpSecurityGroup")
        assert of_load_balancer or not group.get("SecurityGroupIngress")
        for rule in group.get("SecurityGroupIngress", []):
            assert rule["FromPort"] == rule["ToPort"] in (80, 443)
    web = group_id("SiteWebSecurityGroup")
    allowed = {
        "SiteDatabaseIngress": ("SiteDatabaseSecurityGroup", web, 3306),
        "SiteCacheIngress": ("SiteCacheSecurityGroup", web, None),
        "SiteEndpointIngress": ("SiteEndpointSecurityGroup", web, 443),
        "SiteWebIngress": ("SiteWebSecurityGroup", group_id("SiteLoadBalancerSecurityGroup"), None),
    }
    for name, rule in of_type(resources, "AWS::EC2::SecurityGroupIngress"):
        target, source, port = allowed[name]
        assert rule["GroupId"] == group_id(target)
        assert rule["SourceSecurityGroupId"] == source
        assert rule["FromPort"] == rule["ToPort"] == (port or rule["FromPort"])
        assert not {"CidrIp", "CidrIpv6"} & set(rule)


@given(SITES)
def test_private_subnets_have_no_way_out(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    if not own_vpc(properties):
        assert not list(of_type(resources, "AWS::EC2::Subnet"))
        return
    open_tables = {json.dumps(route["RouteTableId"]) for _, route in of_type(resources, "AWS::EC2::Route")}
    public = {
        association["SubnetId"]["Ref"]
        for _, association in of_type(resources, "AWS::EC2::SubnetRouteTableAssociation")
        if json.dumps(association["RouteTableId"]) in open_tables
    }
    for kind in ("AWS::RDS::DBSubnetGroup", "AWS::ElastiCache::SubnetGroup"):
        for _, group in of_type(resources, kind):
            names = {subnet["Ref"] for subnet in group["SubnetIds"]}
            assert not names & public
            assert len(names) == zones(properties)
    for _, group in of_type(resources, "AWS::AutoScaling::AutoScalingGroup"):
        closed = properties.get("Network", {}).get("NatGateways") == "None"
        assert bool({subnet["Ref"] for subnet in group["VPCZoneIdentifier"]} & public) != closed
    associated = [a["SubnetId"]["Ref"] for _, a in of_type(resources, "AWS::EC2::SubnetRouteTableAssociation")]
    assert sorted(associated) == sorted(name for name, _ in of_type(resources, "AWS::EC2::Subnet"))


@given(SITES)
def test_failover_records_come_in_pairs(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    records = [r for _, r in of_type(resources, "AWS::Route53::RecordSet") if "Failover" in r]
    names = [n for n in (properties.get("DomainName"), *properties.get("AlternateDomainNames", ())) if n]
    kinds: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for record in records:
        kinds.setdefault((record["Name"], record["Type"]), {})[record["Failover"]] = record
    assert {name for name, _ in kinds} == set(names)
    for pair in kinds.values():
        assert set(pair) == {"PRIMARY", "SECONDARY"}
        assert pair["PRIMARY"]["HealthCheckId"] == ref("SiteHealthCheck")
        assert "HealthCheckId" not in pair["SECONDARY"]
        assert pair["PRIMARY"]["AliasTarget"]["DNSName"] != pair["SECONDARY"]["AliasTarget"]["DNSName"]
    aliases = [
        alias
        for _, distribution in of_type(resources, "AWS::CloudFront::Distribution")
        for alias in distribution["DistributionConfig"].get("Aliases", [])
    ]
    assert len(aliases) == len(set(aliases))
    for _, check in of_type(resources, "AWS::Route53::HealthCheck"):
        assert check["HealthCheckConfig"].get("FullyQualifiedDomainName") not in names


@given(SITES)
def test_servers_are_hardened_and_their_user_data_fits(properties: dict[str, Any]) -> None:
    for _, template in of_type(expand(properties), "AWS::EC2::LaunchTemplate"):
        data = template["LaunchTemplateData"]
        assert data["MetadataOptions"]["HttpTokens"] == "required"
        assert all(mapping["Ebs"]["Encrypted"] for mapping in data["BlockDeviceMappings"])
        parts = data["UserData"]["Fn::Base64"]["Fn::Join"][1]
        # What CloudFormation puts in for an intrinsic is a name, an ARN or a host: 256 characters are plenty.
        size = sum(len(part.encode()) if isinstance(part, str) else 256 for part in parts)
        assert size < USER_DATA_LIMIT


@pytest.mark.parametrize("fewer", [2, 3])
@given(properties=SITES)
@examples(30)
def test_a_zone_more_moves_nothing(fewer: int, properties: dict[str, Any]) -> None:
    web = {"MinSize": 4, "MaxSize": 30}
    few, more = (
        expand({**properties, "WebServers": web, "Network": {"AvailabilityZones": count}})
        for count in (fewer, fewer + 1)
    )
    for name, body in few.items():
        if body["Type"] in ("AWS::EC2::Subnet", "AWS::EC2::VPC"):
            assert more[name] == body
    assert set(few) < set(more)


@given(SITES)
@examples(50)
def test_no_zone_depends_on_another_zones_nat_gateway(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    gateways = dict(of_type(resources, "AWS::EC2::NatGateway"))
    for name, route in of_type(resources, "AWS::EC2::Route"):
        if "NatGatewayId" in route:
            gateway_subnet = resources[gateways[route["NatGatewayId"]["Ref"]]["SubnetId"]["Ref"]]["Properties"]
            (served,) = [
                resources[association["SubnetId"]["Ref"]]["Properties"]
                for _, association in of_type(resources, "AWS::EC2::SubnetRouteTableAssociation")
                if association["RouteTableId"] == route["RouteTableId"]
            ]
            assert gateway_subnet["AvailabilityZone"] == served["AvailabilityZone"], name


@given(SITES)
@examples(50)
def test_load_balancer_answers_cloudfront_only(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    if properties.get("FrontDoor") == "LoadBalancer":
        return
    groups = [body for name, body in of_type(resources, "AWS::EC2::SecurityGroup") if "LoadBalancer" in name]
    for group in groups:
        # One rule a group: with the prefix list, a second one would not fit.
        (rule,) = group["SecurityGroupIngress"]
        assert set(rule) & {"CidrIp", "CidrIpv6", "SourcePrefixListId"} == {"SourcePrefixListId"}
    assert sorted(group["SecurityGroupIngress"][0]["FromPort"] for group in groups) == [80, 443]
    (listener,) = (body for _, body in of_type(resources, "AWS::ElasticLoadBalancingV2::Listener"))
    assert listener["DefaultActions"][0]["Type"] == "fixed-response"
    (rule,) = (body for _, body in of_type(resources, "AWS::ElasticLoadBalancingV2::ListenerRule"))
    assert rule["Conditions"][0]["Field"] == "http-header"


@given(SITES)
@examples(50)
def test_health_check_is_never_cached(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    for _, check in of_type(resources, "AWS::Route53::HealthCheck"):
        config = check["HealthCheckConfig"]
        if properties.get("FrontDoor") == "LoadBalancer" or "FullyQualifiedDomainName" not in config:
            continue
        distribution = resources[config["FullyQualifiedDomainName"]["Fn::GetAtt"][0]]["Properties"][
            "DistributionConfig"
        ]
        path = config["ResourcePath"].partition("?")[0]
        matching = [b for b in distribution["CacheBehaviors"] if b["PathPattern"] == path]
        behaviour = matching[0] if matching else distribution["DefaultCacheBehavior"]
        assert behaviour["CachePolicyId"] == CACHING_DISABLED
        assert behaviour["TargetOriginId"] == distribution["DefaultCacheBehavior"]["TargetOriginId"]


@given(SITES)
@examples(50)
def test_every_alarm_tells_somebody_what_to_do(properties: dict[str, Any]) -> None:
    for name, alarm in of_type(expand(properties), "AWS::CloudWatch::Alarm"):
        assert len(alarm["AlarmDescription"]) > 60, name
        assert len(alarm.get("Metrics", [])) <= 11
        assert alarm.get("AlarmActions") or name.endswith(("Down", "Stopped"))


@pytest.mark.parametrize("front_door", ["CloudFront", "LoadBalancer"])
def test_everything_that_can_carry_tags_carries_them(front_door: str) -> None:
    everything = read_template(ROOT / "examples" / "everything.yaml")["Resources"]["Site"]["Properties"]
    delivery = everything["Delivery"] if front_door == "CloudFront" else {}
    resources = expand({**everything, "FrontDoor": front_door, "Delivery": delivery, "Database": {"BackupPlan": True}})
    schemas = ProviderSchemaManager(SCHEMAS / "providers", SCHEMAS / "resources")
    for name, body in resources.items():
        if body["Type"].startswith("Custom::") or body["Type"] in UNTAGGED:
            continue
        properties = schemas.get_resource_schema("us-east-1", body["Type"]).schema["properties"]
        places = [key for key in properties if key.endswith("Tags")]
        told = json.dumps(
            [body["Properties"].get(key) for key in places] + [body["Properties"].get("LaunchTemplateData")]
        )
        assert not places or '"shop"' in told, f"{name} ({body['Type']})"


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
        for target in drill["Targets"].values():
            assert target.get("ResourceTags") == own or target["ResourceArns"] == [
                {"Fn::GetAtt": ["SiteDatabase", "DBInstanceArn"]}
            ]
        assert {t for action in drill["Actions"].values() for t in action["Targets"].values()} == set(drill["Targets"])
    for statement in (
        (resources["SiteDrillsRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]) if found else ()
    ):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        reading = all(action.partition(":")[2].startswith(("Describe", "Get")) for action in actions)
        assert reading or "Condition" in statement or "Fn::GetAtt" in statement["Resource"]
