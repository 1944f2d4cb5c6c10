"""Names, texts and groups that AWS would refuse when the stack is deployed: no linter knows these rules."""

import json
import re
from typing import Any

import pytest
from cfnlint.helpers import AVAILABILITY_ZONES

from resilient_website.facts.origin_shield import ORIGIN_SHIELD_REGIONS
from resilient_website.facts.regions import REGIONS
from resilient_website.problems import InvalidTemplateError
from resilient_website.tiers.network.checks import zones_of
from resilient_website.tiers.network.plan import MAX_ZONES
from tests.expansion.one_site import DOMAIN, expand

Json = dict[str, Any]

# Source: "CreateLogStream" in the Amazon CloudWatch Logs API reference.
LOG_STREAM = re.compile(r"[^:*]{1,512}")
INTERNAL = {"Network": {"WebSubnets": "Private"}, "LoadBalancer": {"Scheme": "internal"}}


def resources(properties: Json, name: str = "Site", region: str = "us-east-1") -> dict[str, Json]:
    found: dict[str, Json] = expand(properties, region, name)["Resources"]
    return found


@pytest.mark.parametrize(
    "properties",
    [{}, {"WebServers": {"LogFiles": ["/var/log/nginx/*.log", "/var/log/messages"]}}],
    ids=["own", "given"],
)
def test_log_streams_have_names_that_cloudwatch_takes(properties: Json) -> None:
    user_data = json.dumps(resources(properties)["SiteWebLaunchTemplate"])
    streams = re.findall(r'log_stream_name\\+":\\+"(.*?)\\+"', user_data)
    assert len(streams) == 2
    for stream in streams:
        assert LOG_STREAM.fullmatch(stream)


@pytest.mark.parametrize("front_door", ["CloudFront", "LoadBalancer"])
def test_texts_fit_whatever_the_stack_and_the_site_are_called(front_door: str) -> None:
    name = "S" + "x" * 63
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/aaaaaaaa-1234-1234-1234-123456789012"
    certificates = dict.fromkeys(("CertificateArn", "RegionalCertificateArn"), certificate)
    made = resources({**DOMAIN, **certificates, "FrontDoor": front_door}, name)
    distributions = [each for each in made.values() if each["Type"] == "AWS::CloudFront::Distribution"]
    texts = [each["Properties"]["DistributionConfig"]["Comment"] for each in distributions]
    # Sources: "DistributionConfig" in the Amazon CloudFront API reference; "SetTopicAttributes" in Amazon SNS's.
    assert all(isinstance(text, str) and len(text) <= 128 for text in texts)
    display_name = made[f"{name}AlarmTopic"]["Properties"]["DisplayName"]
    assert isinstance(display_name, str)
    assert len(display_name) <= 100


@pytest.mark.parametrize(
    ("cache", "group"),
    [
        ({"Engine": "valkey", "EngineVersion": "7.2"}, "default.valkey7"),
        ({"Engine": "valkey", "NumNodeGroups": 2}, "default.valkey8.cluster.on"),
        ({"Engine": "redis", "EngineVersion": "5.0.6"}, "default.redis5.0"),
        (
            {"Engine": "redis", "EngineVersion": "4.0.10", "NumNodeGroups": 2, "CacheNodeType": "cache.r5.large"},
            "default.redis4.0.cluster.on",
        ),
        ({"Engine": "redis", "EngineVersion": "6.2"}, "default.redis6.x"),
        ({"Engine": "redis"}, "default.redis7"),
    ],
    ids=str,
)
def test_cache_names_the_parameter_group_of_its_version(cache: Json, group: str) -> None:
    properties = resources({"Cache": cache})["SiteCacheReplicationGroup"]["Properties"]
    assert properties["CacheParameterGroupName"] == group


@pytest.mark.parametrize("given", ["cache.r6gd.xlarge", "cache.r7g.large"])
def test_cache_tiers_its_data_exactly_on_nodes_that_do(given: str) -> None:
    for written in (given, {"Fn::Sub": given}):
        properties = resources({"Cache": {"CacheNodeType": written}})["SiteCacheReplicationGroup"]["Properties"]
        assert properties.get("DataTieringEnabled") == (True if "r6gd" in given else None)


@pytest.mark.parametrize("size", ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"])
def test_alarm_of_connections_is_below_what_rds_allows(size: str) -> None:
    alarm = resources({"Database": {"DBInstanceClass": f"db.r7g.{size}"}})["SiteDatabaseConnectionsAlarm"]["Properties"]
    # Source: "Maximum number of database connections" in "Quotas and constraints for Amazon RDS".
    assert int(alarm["Threshold"]) < 16_000


def test_vpc_origin_of_another_protocol_is_another_one_and_tags_change_none() -> None:
    def origins(properties: Json) -> dict[str, Json]:
        found = resources({**INTERNAL, **properties})
        return {name: each for name, each in found.items() if each["Type"] == "AWS::CloudFront::VpcOrigin"}

    plain, named = origins({}), origins(DOMAIN)
    assert set(plain).isdisjoint(named)
    names = [str(each["Properties"]["VpcOriginEndpointConfig"]["Name"]) for each in (*plain.values(), *named.values())]
    assert len(set(names)) == 2
    assert origins({"Tags": [{"Key": "team", "Value": "web"}]}) == plain


def test_vault_with_another_key_has_another_name() -> None:
    def name(**plan: str) -> str:
        vault = resources({"Database": {"BackupPlan": plan or True}})["SiteBackupVault"]["Properties"]
        return str(vault["BackupVaultName"])

    key = "arn:aws:kms:us-east-1:123456789012:key/{}aaaaaaa-1234-1234-1234-123456789012"
    assert len({name(), name(KmsKeyArn=key.format("a")), name(KmsKeyArn=key.format("b"))}) == 3
    assert name(KmsKeyArn=key.format("a")) == name(KmsKeyArn=key.format("a"), DeleteAfterDays="40")


def test_drained_servers_can_say_so_while_their_group_is_being_deleted() -> None:
    made = resources({"WebServers": {"Drain": True}})
    role = made["SiteWebRole"]["Properties"]
    statements = [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]
    (statement,) = [each for each in statements if each["Action"] == "autoscaling:CompleteLifecycleAction"]
    assert "SiteAutoScalingGroup" not in json.dumps(role)
    asked = {
        key.removeprefix("aws:ResourceTag/"): value for key, value in statement["Condition"]["StringEquals"].items()
    }
    # CloudFormation adds this one itself.
    assert asked.pop("aws:cloudformation:stack-id") == {"Ref": "AWS::StackId"}
    tags = {tag["Key"]: tag["Value"] for tag in made["SiteAutoScalingGroup"]["Properties"]["Tags"]}
    assert asked
    assert all(tags[key] == value for key, value in asked.items())


def test_errors_are_seen_where_no_server_is_registered() -> None:
    alarm = resources({})["SiteLoadBalancerErrorsAlarm"]["Properties"]
    (expression,) = [query["Expression"] for query in alarm["Metrics"] if "Expression" in query]
    # FILL is what CloudWatch's math has for a metric without data; RequestCount has none without targets.
    python = re.sub(r"FILL\((\w+), (\w+)\)", r"(\2 if \1 is None else \1)", expression).replace("MAX", "max")
    for errors, requests, above in ((10, None, True), (1, 100, False), (6, 100, True), (10, 5, True)):
        percent = eval(python, {"max": max, "m0": errors, "m1": requests})
        assert (percent > alarm["Threshold"]) == above


@pytest.mark.parametrize("region", sorted(ORIGIN_SHIELD_REGIONS))
def test_origin_shield_stands_in_a_region_that_has_one(region: str) -> None:
    site = {"Network": {"AvailabilityZones": 2}, "LoadBalancer": {"CloudFrontPrefixListId": "pl-0123456789abcdef0"}}
    config = resources({**site, "Delivery": {"OriginShield": True}}, region=region)["SiteDistribution"]["Properties"]
    (shield,) = [each["OriginShield"] for each in config["DistributionConfig"]["Origins"] if "OriginShield" in each]
    # Source: "Use Amazon CloudFront Origin Shield", the Regions that have one.
    having = "us-east-1 us-east-2 us-west-2 ap-south-1 ap-northeast-1 ap-northeast-2 ap-southeast-1 ap-southeast-2"
    having += " eu-central-1 eu-west-1 eu-west-2 sa-east-1"
    assert shield["OriginShieldRegion"] in having.split()


@pytest.mark.parametrize(
    ("properties", "changed"),
    [
        ({"Overrides": {"Database": {"MasterUsername": "admin"}}}, "SiteDatabase"),
        ({"Cache": {"Authentication": False}}, "SiteCacheReplicationGroup"),
    ],
    ids=["user", "token"],
)
def test_update_protection_knows_what_makes_a_store_another_one(properties: Json, changed: str) -> None:
    before, after = (
        resources({"Cache": True, **each})["SiteUpdateProtection"]["Properties"]["Stores"] for each in ({}, properties)
    )
    assert [name for name in before if before[name] != after[name]] == [changed]
    assert "resolve:" not in json.dumps(before)


def existing_vpc(subnets: int) -> Json:
    return {
        "VpcId": "vpc-0123456789abcdef0",
        **{
            f"{tier}SubnetIds": [f"subnet-0123456789abcde{letter}{number}" for number in range(subnets)]
            for letter, tier in (("a", "Public"), ("c", "Database"), ("d", "Cache"))
        },
    }


def test_one_more_subnet_replaces_no_memcached_whose_zones_are_not_named() -> None:
    nodes = {
        resources({"Cache": {"Engine": "memcached"}, "Network": existing_vpc(subnets)})["SiteCacheCluster"][
            "Properties"
        ]["NumCacheNodes"]
        for subnets in (2, 3, 4)
    }
    assert len(nodes) == 1


def test_update_protection_knows_the_nodes_of_a_memcached_whose_zones_are_not_named() -> None:
    vpc = existing_vpc(2)

    def stores(nodes: int, **properties: Any) -> Json:
        cache = {"Cache": {"Engine": "memcached", "NumCacheNodes": nodes}, **properties}
        found: Json = resources(cache)["SiteUpdateProtection"]["Properties"]["Stores"]
        return found

    assert stores(2, Network=vpc) != stores(3, Network=vpc)
    assert stores(2) == stores(3)


@pytest.mark.parametrize("rotation", [0, 30])
def test_rotation_may_update_a_distribution_that_logs_into_a_bucket(rotation: int) -> None:
    properties = {"Delivery": {"AccessLogs": True}, "Security": {"OriginSecretRotationDays": rotation}}
    made = resources(properties, region="eu-west-1")
    assert ("SiteOriginSecretPolicy" in made) is bool(rotation)
    if rotation:
        policy = made["SiteOriginSecretPolicy"]["Properties"]
        allowed = [each for each in policy["PolicyDocument"]["Statement"] if "s3:PutBucketAcl" in each["Action"]]
        assert [each["Resource"] for each in allowed] == [{"Fn::GetAtt": ["SiteEdgeLogsBucket", "Arn"]}]
        assert policy["Roles"] == [{"Ref": "OriginSecretRole"}]


@pytest.mark.parametrize("version", ["8.0", "8.0.46", "8.0.46-rds.20260901"])
def test_release_without_standard_support_takes_extended_support(version: str) -> None:
    with pytest.raises(InvalidTemplateError, match=r"EngineVersion: found 8.0\S*, whose standard support ended"):
        resources({"Database": {"EngineVersion": version}})
    paid = {"EngineVersion": version, "EngineLifecycleSupport": "open-source-rds-extended-support"}
    made = resources({"Database": {**paid, "ReadReplicas": 1}})
    assert made["SiteDatabase"]["Properties"]["EngineLifecycleSupport"] == paid["EngineLifecycleSupport"]
    # CreateDBInstanceReadReplica knows no such argument: a replica has its source's.
    assert "EngineLifecycleSupport" not in made["SiteDatabaseReplica1"]["Properties"]


def test_new_databases_have_no_extended_support() -> None:
    stated = resources({})["SiteDatabase"]["Properties"]["EngineLifecycleSupport"]
    assert stated == "open-source-rds-extended-support-disabled"


def test_exported_logs_are_written() -> None:
    parameters = resources({"Database": {"EnableCloudwatchLogsExports": ["general"]}})["SiteDatabaseParameters84"]
    assert parameters["Properties"]["Parameters"] == {
        "require_secure_transport": "1",
        "general_log": "1",
        "log_output": "FILE",
    }


@pytest.mark.parametrize(
    ("database", "path"),
    [
        ({"Parameters": {"slow_query_log": "0"}}, "Parameters.slow_query_log"),
        ({"Parameters": {"log_output": "TABLE"}}, "Parameters.log_output"),
        ({"EnableCloudwatchLogsExports": ["general"], "Parameters": {"general_log": "0"}}, "Parameters.general_log"),
        ({"EnableCloudwatchLogsExports": ["audit"]}, "EnableCloudwatchLogsExports"),
        ({"EnableCloudwatchLogsExports": ["iam-db-auth-error"]}, "EnableCloudwatchLogsExports"),
    ],
    ids=str,
)
def test_exported_log_that_would_stay_empty_is_refused(database: Json, path: str) -> None:
    with pytest.raises(InvalidTemplateError, match=rf"Database\.{path}: found .*stays? empty"):
        resources({"Database": database})


@pytest.mark.parametrize(
    ("database", "overrides"),
    [
        ({"EnableCloudwatchLogsExports": ["error"], "Parameters": {"log_output": "TABLE"}}, {}),
        ({"Parameters": {"slow_query_log": "1", "log_output": "FILE"}}, {}),
        ({"EnableCloudwatchLogsExports": ["audit"]}, {"OptionGroupName": "audited"}),
        ({"EnableCloudwatchLogsExports": ["iam-db-auth-error"]}, {"EnableIAMDatabaseAuthentication": True}),
    ],
    ids=str,
)
def test_exported_log_that_is_written_is_taken(database: Json, overrides: Json) -> None:
    made = resources({"Database": database, "Overrides": {"Database": overrides}})["SiteDatabase"]["Properties"]
    assert made["EnableCloudwatchLogsExports"] == database.get("EnableCloudwatchLogsExports", ["error", "slowquery"])


@pytest.mark.parametrize("database", [{"DatabaseInsightsMode": "off", "DBInstanceClass": "db.m7g.large"}, {}], ids=str)
def test_insights_that_are_off_are_not_advanced(database: Json) -> None:
    made = resources({"Database": database})["SiteDatabase"]["Properties"]
    assert not made["EnablePerformanceInsights"]
    assert made["DatabaseInsightsMode"] == "standard"


@pytest.mark.parametrize(("region", "most"), [("us-west-1", 2), ("eu-west-1", 3), ("us-east-1", 4)])
def test_zones_that_a_region_gives(region: str, most: int) -> None:
    for zones in range(2, 5):
        site = {"Network": {"AvailabilityZones": zones}, "WebServers": {"MinSize": 4, "MaxSize": 8}}
        if zones <= most:
            assert resources(site, region=region)
        else:
            with pytest.raises(
                InvalidTemplateError, match=rf"found {zones} zones, but an account has {most} in {region}"
            ):
                resources(site, region=region)


def test_zones_are_those_of_the_linter() -> None:
    assert {region: zones_of(region) for region in REGIONS} == {
        region: min(len(AVAILABILITY_ZONES[region]), MAX_ZONES) for region in REGIONS
    }


@pytest.mark.parametrize("replicas", [0, 2])
def test_each_instance_of_the_database_has_an_alarm_of_its_disk(replicas: int) -> None:
    made = resources({"Database": {"ReadReplicas": replicas}})
    watched = [
        alarm["Properties"]["Dimensions"][0]["Value"]["Ref"]
        for alarm in made.values()
        if alarm["Type"] == "AWS::CloudWatch::Alarm" and alarm["Properties"].get("MetricName") == "FreeStorageSpace"
    ]
    assert watched == [name for name, each in made.items() if each["Type"] == "AWS::RDS::DBInstance"]


def test_dashboard_of_the_largest_cache_is_one_that_cloudwatch_takes() -> None:
    # Source: "CloudWatch service quotas", 500 metrics a widget and 2,500 a dashboard.
    for cache in ({"NumNodeGroups": 90, "Replicas": 4}, {"Engine": "memcached", "NumCacheNodes": 40}):
        made = resources({"Cache": cache, "Database": {"ReadReplicas": 5}})
        body = made["SiteDashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
        counts = [len(widget["properties"].get("metrics", [])) for widget in json.loads(body)["widgets"]]
        assert max(counts) <= 500
        assert sum(counts) <= 2500
