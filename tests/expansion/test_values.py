"""Values that AWS would refuse are refused by the macro, with the nearest that it takes."""

import base64
import copy
import json
import re
from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from resilient_website.reading.countries import COUNTRIES
from resilient_website.tiers.domain import HOST_NAME
from tests.aws_models.resource_schemas import schema
from tests.expansion.expanded import expand

Json = dict[str, Any]

DOMAIN = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}


def problems(properties: Json, parameters: Json | None = None) -> dict[str, str]:
    """Return what is wrong with a site: each problem by its property's path."""
    declared = {name: {"Type": "String"} for name in parameters or {}}
    site = {"Type": "ResilientWebsite", "Properties": properties}
    template = {"Parameters": declared, "Resources": {"Site": site}}
    try:
        expand_template(template, parameters or {}, "us-east-1")
    except InvalidTemplateError as error:
        prefix = "Resources.Site.Properties."
        return {each.path.removeprefix(prefix): f"{each.found}; {each.fix}" for each in error.problems}
    return {}


def geo(*countries: Any) -> Json:
    return {"Delivery": {"GeoRestriction": {"RestrictionType": "whitelist", "Locations": list(countries)}}}


def crawl(schedule: str) -> Json:
    return {**DOMAIN, "Fallback": {"Source": {"Crawl": True, "ScheduleExpression": schedule}}}


def action(recurrence: str = "0 8 * * *", zone: str = "UTC") -> Json:
    return {"WebServers": {"ScheduledActions": [{"Recurrence": recurrence, "TimeZone": zone, "MinSize": 4}]}}


def caches(parameters: Json, engine: str = "valkey") -> Json:
    return {"Cache": {"Engine": engine, "Parameters": parameters}}


def over(resource: str, **properties: Any) -> Json:
    return {"Overrides": {resource: properties}}


def once(*times: str) -> Json:
    return {"WebServers": {"ScheduledActions": [{"StartTime": time, "MinSize": 4} for time in times]}}


def endpoints(*services: str) -> Json:
    return {"Network": {"EndpointServices": list(services)}}


def image(name: str) -> Json:
    return {"WebServers": {"Container": {"Image": name}}}


def servers(**properties: Any) -> Json:
    return {"WebServers": properties}


def parameters(**values: str | bool) -> Json:
    return {"Database": {"Parameters": values}}


def cache(**properties: str) -> Json:
    return {"Cache": properties}


def tags(*pairs: tuple[Any, Any]) -> Json:
    return {"Tags": [{"Key": key, "Value": value} for key, value in pairs]}


REFUSED: list[tuple[Json, str, str]] = [
    (geo("UK"), "Delivery.GeoRestriction.Locations[0]", "did you mean GB?"),
    (geo("EU"), "Delivery.GeoRestriction.Locations[0]", "one by one"),
    (geo("XX"), "Delivery.GeoRestriction.Locations[0]", "two-letter"),
    (geo("de"), "Delivery.GeoRestriction.Locations[0]", "did you mean DE?"),
    (geo(False), "Delivery.GeoRestriction.Locations[0]", "'NO'"),
    (crawl("rate(1 hours)"), "Fallback.Source.ScheduleExpression", "did you mean rate(1 hour)?"),
    (crawl("rate(6 hour)"), "Fallback.Source.ScheduleExpression", "did you mean rate(6 hours)?"),
    (crawl("rate(1 week)"), "Fallback.Source.ScheduleExpression", "did you mean rate(7 days)?"),
    (crawl("cron(0 8 * * *)"), "Fallback.Source.ScheduleExpression", "did you mean cron(0 8 * * ? *)?"),
    (crawl("0 8 * * 1-5"), "Fallback.Source.ScheduleExpression", "did you mean cron(0 8 ? * MON-FRI *)?"),
    (crawl("cron(0 8 * * * *)"), "Fallback.Source.ScheduleExpression", "did you mean cron(0 8 * * ? *)?"),
    (crawl("cron(0 24 * * ? *)"), "Fallback.Source.ScheduleExpression", "24 as hour"),
    (crawl("rate(0 days)"), "Fallback.Source.ScheduleExpression", "rate(6 hours)"),
    (
        {"Database": {"BackupPlan": {"ScheduleExpression": "rate(1 day)"}}},
        "Database.BackupPlan.ScheduleExpression",
        "cron(0 3 * * ? *)",
    ),
    (action("99 25 * * 8"), "WebServers.ScheduledActions[0].Recurrence", "99 as minute"),
    (action("0 8 ? * MON-FRI"), "WebServers.ScheduledActions[0].Recurrence", "did you mean 0 8 * * MON-FRI?"),
    (action("cron(0 8 * * *)"), "WebServers.ScheduledActions[0].Recurrence", "did you mean 0 8 * * *?"),
    (action(zone="PST"), "WebServers.ScheduledActions[0].TimeZone", "did you mean America/Los_Angeles?"),
    (action(zone="Berlin"), "WebServers.ScheduledActions[0].TimeZone", "did you mean Europe/Berlin?"),
    (action(zone="+02:00"), "WebServers.ScheduledActions[0].TimeZone", "IANA"),
    (tags(("Department", "R&D")), "Tags[0].Value", "'R and D'"),
    (tags(("Owner (team)", "web")), "Tags[0].Key", "'Owner team'"),
    (tags(("team", "a"), ("Team", "b")), "Tags[1].Key", "and 'team'"),
    (tags(("a" * 129, "b")), "Tags[0].Key", "1 to 128"),
    (tags(("a", "b" * 257)), "Tags[0].Value", "1 to 256"),
    (tags(("a", "\N{ROCKET}")), "Tags[0].Value", "allowed"),
    (tags(("a", ["b"])), "Tags[0].Value", "write a string"),
    (tags(("a", "")), "Tags[0].Value", "1 to 256"),
    (tags(("Aws:a", "b")), "Tags[0].Key", "aws:"),
    (action("0 8 31 2 *"), "WebServers.ScheduledActions[0].Recurrence", "that its months (2) don't have"),
    (crawl("cron(0 8 31 APR,JUN ? *)"), "Fallback.Source.ScheduleExpression", "don't have"),
    (once("2030-02-31T00:00:00Z"), "WebServers.ScheduledActions[0].StartTime", "not a valid date and time"),
    (once("2030-02-01T25:00:00Z"), "WebServers.ScheduledActions[0].StartTime", "not a valid date and time"),
    (once(*["2030-02-01T08:00:00Z"] * 2), "WebServers.ScheduledActions[1].StartTime", "in one action"),
    (
        servers(ScheduledActions=[{"Recurrence": "0 8 * * *", name: 8} for name in ("MinSize", "MaxSize")]),
        "WebServers.ScheduledActions[1].Recurrence",
        "in one action",
    ),
    ({"Database": {"AllocatedStorage": 65536}}, "Database.AllocatedStorage", "write at most 59578"),
    ({"Database": {"AllocatedStorage": 59579}}, "Database.AllocatedStorage", "write at most 59578"),
    (
        {"Database": {"AllocatedStorage": 100, "MaxAllocatedStorage": 109}},
        "Database.MaxAllocatedStorage",
        "write at least 110",
    ),
    ({"Network": {"EndpointServices": ["sqs", "s3"]}}, "Network.EndpointServices[1]", "gateway endpoint"),
    ({"Network": {"EndpointServices": ["dynamodb"]}}, "Network.EndpointServices[0]", "Gateway"),
    (caches({"maxmemory_policy": "allkeys-lru"}), "Cache.Parameters.maxmemory_policy", "mean maxmemory-policy?"),
    (caches({"maxmemory-policy": "LRU"}), "Cache.Parameters.maxmemory-policy", "allkeys-lru"),
    (caches({"maxmemory-policy": "ALLKEYS_LRU"}), "Cache.Parameters.maxmemory-policy", "did you mean allkeys-lru?"),
    (caches({"activedefrag": "true"}), "Cache.Parameters.activedefrag", "did you mean yes?"),
    (caches({"maxmemory": "1gb"}), "Cache.Parameters.maxmemory", "leave it out"),
    (caches({"databases": "0"}), "Cache.Parameters.databases", "from 1 to"),
    (caches({"max-item-size": "9"}, "memcached"), "Cache.Parameters.max-item-size", "did you mean max_item_size?"),
    ({"Monitoring": {"LatencySeconds": 30}}, "Monitoring.LatencySeconds", "write at most 29"),
    ({**DOMAIN, "FrontDoor": "LoadBalancer", "Monitoring": {"LatencySeconds": 60}}, "Monitoring.LatencySeconds", "59"),
    (over("Database", AvailabilityZone="us-east-1a"), "Overrides.Database.AvailabilityZone", "MultiAZ: false"),
    (over("Database", StorageType="io1"), "Overrides.Database.StorageType", "Iops"),
    (over("Database", Iops=4000), "Overrides.Database.Iops", "400"),
    (over("Database", StorageType="gp2", Iops="3000"), "Overrides.Database.Iops", "gp3"),
    (over("Database", ManageMasterUserPassword=True), "Overrides.Database.ManageMasterUserPassword", "leave it out"),
    (over("LoadBalancer", Name="internal-shop"), "Overrides.LoadBalancer.Name", "internal-"),
    (over("LoadBalancer", Name="a" * 33), "Overrides.LoadBalancer.Name", "32"),
    (over("TargetGroup", HealthCheckTimeoutSeconds=60), "Overrides.TargetGroup.HealthCheckTimeoutSeconds", "shorter"),
    (over("AutoScalingGroup", MinSize="20"), "Overrides.AutoScalingGroup.MinSize", "MaxSize is 9"),
    (
        {"Cache": True, **over("CacheReplicationGroup", NumCacheClusters=1)},
        "Overrides.CacheReplicationGroup.NumCacheClusters",
        "Replicas",
    ),
    (
        {"Cache": True, **over("CacheReplicationGroup", TransitEncryptionEnabled=False)},
        "Overrides.CacheReplicationGroup.TransitEncryptionEnabled",
        "Authentication: false",
    ),
    ({"LoadBalancer": {"SslPolicy": "ELBSecurityPolicy-TLS13-1-2"}}, "LoadBalancer.SslPolicy", "2021-06"),
    ({"LoadBalancer": {"SslPolicy": "ELBSecurityPolicy-2015-05"}}, "LoadBalancer.SslPolicy", "2021-06"),
    (tags(("rds:a", "b")), "Tags[0].Key", "aws: or rds:"),
    (tags(("a", "aws:b")), "Tags[0].Value", "aws: or rds:"),
    (cache(CacheNodeType="cache.r6gd.xlarge", Engine="redis", EngineVersion="6.0"), "Cache.CacheNodeType", "valkey"),
    (cache(CacheNodeType="cache.r6gd.xlarge", Engine="memcached"), "Cache.CacheNodeType", "cache.r7g.large"),
    ({"Assets": {"CorsAllowOrigins": ["https://a.example.com/"]}}, "Assets.CorsAllowOrigins[0]", "https://a.example.com?"),
    ({"Assets": {"CorsAllowOrigins": ["A.example.com"]}}, "Assets.CorsAllowOrigins[0]", "https://a.example.com?"),
    (servers(UserData="#cloud-config\npackages: [nginx]\n"), "WebServers.UserData", "cloud-init"),
    (servers(UserData="Content-Type: multipart/mixed\n"), "WebServers.UserData", "MIME"),
    (servers(UserData="<powershell>a</powershell>"), "WebServers.UserData", "Windows"),
    (servers(UserData=base64.b64encode(b"#!/bin/bash\necho hi\n").decode()), "WebServers.UserData", "base64"),
    (
        servers(UserData={"Fn::If": ["Live", {"Fn::Base64": "#cloud-config"}, "echo hi"]}),
        "WebServers.UserData",
        "cloud-init",
    ),
    (servers(Drain={"Script": {"Fn::Sub": "#cloud-config ${AWS::Region}"}}), "WebServers.Drain.Script", "cloud-init"),
    (servers(StartupTimeout=900), "WebServers.StartupTimeout", "did you mean PT15M?"),
    (servers(StartupTimeout="30 min"), "WebServers.StartupTimeout", "did you mean PT30M?"),
    (servers(StartupTimeout="PT2H"), "WebServers.StartupTimeout", "PT5M to PT1H"),
    (parameters(local_infile=True), "Database.Parameters.local_infile", "did you mean '1'?"),
    (caches({"activedefrag": False}), "Cache.Parameters.activedefrag", "did you mean 'no'?"),
    (endpoints("com.amazonaws.us-east-1.ecr.api"), "Network.EndpointServices[0]", "did you mean ecr.api?"),
    (endpoints("sqs", "com.amazonaws.kms"), "Network.EndpointServices[1]", "did you mean kms?"),
    (endpoints("com.amazonaws.eu-west-1.kms"), "Network.EndpointServices[0]", "AWS::EC2::VPCEndpoint"),
    (endpoints("aws.sagemaker.us-east-1.notebook"), "Network.EndpointServices[0]", "AWS::EC2::VPCEndpoint"),
    ({"Network": {"CidrBlock": "169.254.0.0/16"}}, "Network.CidrBlock", "which are reserved"),
    ({"Network": {"CidrBlock": "8.8.0.0/16"}}, "Network.CidrBlock", "public internet addresses"),
    (image("https://docker.io/nginx:latest"), "WebServers.Container.Image", "did you mean docker.io/nginx:latest?"),
    (
        image("public.ecr.aws/Nginx/nginx:1.27-Alpine "),
        "WebServers.Container.Image",
        "did you mean public.ecr.aws/nginx/nginx:1.27-Alpine?",
    ),
    (
        {"Database": {"DBSnapshotIdentifier": "arn:aws:rds:eu-west-1:123456789012:snapshot:x"}},
        "Database.DBSnapshotIdentifier",
        "copy it there first",
    ),
    (parameters(lower_case_table_names="1"), "Database.Parameters.lower_case_table_names", "leave it out"),
    (parameters(port="3307"), "Database.Parameters.port", "leave it out"),
    (parameters(Max_Connections="100"), "Database.Parameters.Max_Connections", "did you mean max_connections?"),
    (parameters(slow_query_log="ON"), "Database.Parameters.slow_query_log", "did you mean 1?"),
    (parameters(innodb_log_file_size="1GB"), "Database.Parameters.innodb_log_file_size", "did you mean 1073741824?"),
    (parameters(tmp_table_size="64M"), "Database.Parameters.tmp_table_size", "did you mean 67108864?"),
    (parameters(innodb_buffer_pool_size="75%"), "Database.Parameters.innodb_buffer_pool_size", "without a unit"),
    ({"Database": {"AllocatedStorage": "100 GiB"}}, "Database.AllocatedStorage", "did you mean 100?"),
    ({"Database": {"AllocatedStorage": "1TB"}}, "Database.AllocatedStorage", "did you mean 1024?"),
    ({"Database": {"BackupRetentionPeriod": "30 days"}}, "Database.BackupRetentionPeriod", "did you mean 30?"),
    ({"Delivery": {"OriginReadTimeout": "2 min"}}, "Delivery.OriginReadTimeout", "did you mean 120?"),
    ({"LoadBalancer": {"DeregistrationDelay": "1 day"}}, "LoadBalancer.DeregistrationDelay", "allowed: a whole number"),
    ({"Database": {"MultiAZ": "yes"}}, "Database.MultiAZ", "did you mean true?"),
    ({"Database": {"MultiAZ": None}}, "Database.MultiAZ", "allowed: true or false"),
    ({"Tags": {"Team": "shop"}}, "Tags", "did you mean [{Key: 'Team', Value: 'shop'}]?"),
    (servers(UserData="setup.sh"), "WebServers.UserData", "write the script itself"),
    (servers(UserData="file://scripts/setup.sh"), "WebServers.UserData", "write the script itself"),
    (servers(UserData={"Fn::Base64": "./setup.sh"}), "WebServers.UserData", "write the script itself"),
    (parameters(max_connections="many"), "Database.Parameters.max_connections", "from 1 to"),
    ({**DOMAIN, "DomainName": "www.m\N{LATIN SMALL LETTER U WITH DIAERESIS}n.de"}, "DomainName", "www.xn--mn-xka.de?"),
    (
        {**DOMAIN, "Fallback": {"Source": {"Crawl": {"Paths": [f"/{'a' * 90}{number}" for number in range(100)]}}}},
        "Fallback.Source.Crawl.Paths",
        "8192",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("properties", "path", "advice"), REFUSED, ids=[path for _, path, _ in REFUSED])
def test_value_is_refused_with_the_nearest_one(properties: Json, path: str, advice: str) -> None:
    found = problems(properties)
    assert list(found) == [path]
    assert advice in found[path]


@pytest.mark.parametrize(
    "properties",
    [
        geo("GB", "US", "NO"),
        crawl("rate(1 hour)"),
        crawl("cron(0/15 8-18 ? * MON-FRI 2027)"),
        crawl("cron(0 8 L * ? *)"),
        action("*/15 8-18/2 1,15 JAN-MAR *", "Etc/GMT+9"),
        action("0 8 29 2 *"),
        {"LoadBalancer": {"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-PQ-2025-09"}},
        {"LoadBalancer": {"SslPolicy": "ELBSecurityPolicy-FS-1-2-Res-2020-10"}},
        {"Database": {"AllocatedStorage": 400}, **over("Database", Iops=14000, StorageThroughput=600)},
        {"Database": {"MultiAZ": False}, **over("Database", AvailabilityZone="us-east-1a")},
        over("Database", StorageType={"Ref": "AWS::NoValue"}),
        over("LoadBalancer", Name="shop-1"),
        endpoints("ecr.api", "execute-api"),
        {"Network": {"CidrBlock": "198.19.0.0/16"}},
        {"Database": {"DatabaseInsightsMode": False}},
        {"Database": {"DBSnapshotIdentifier": "arn:aws:rds:us-east-1:123456789012:snapshot:x"}},
        {"Monitoring": {"LatencySeconds": 30}, "Delivery": {"OriginReadTimeout": 31}},
        caches({"maxmemory-policy": "noeviction", "timeout": "300", "notify-keyspace-events": "Ex"}),
        caches({"max_item_size": "2097152", "unknown": "x"}, "memcached"),
        action("0 8 31 2 MON"),
        crawl("cron(0 8 31 1,4 ? *)"),
        once("2028-02-29T23:59:59Z", "2028-03-01T00:00:00Z"),
        tags(("Cost centre", "4711/a+b=c@d_e-f.g:h"), ("\N{LATIN SMALL LETTER A WITH DIAERESIS}", "x")),
        tags(("number", 5), ("intrinsic", {"Ref": "AWS::Region"})),
        {"Assets": {"CorsAllowOrigins": ["*"]}},
        {"Assets": {"CorsAllowOrigins": ["https://*.example.com", "http://localhost:3000"]}},
        servers(UserData="echo plain"),
        servers(UserData="/usr/local/bin/start"),
        servers(StartupTimeout="PT1H"),
        parameters(max_connections="{DBInstanceClassMemory/12582880}", long_query_time="0.5", unknown="x"),
        {**DOMAIN, "DomainName": "xn--e1afmkfd.xn--p1ai"},
    ],
    ids=str,
)
def test_value_that_aws_takes_is_taken(properties: Json) -> None:
    assert problems(properties) == {}


@pytest.mark.parametrize("written", [False, "false"])
def test_off_is_a_choice_although_yaml_reads_it_as_false(written: Any) -> None:
    modes = [
        {"Database": {"DBInstanceClass": "db.m7g.large", "DatabaseInsightsMode": each}} for each in ("off", written)
    ]
    assert expand(modes[0]) == expand(modes[1])


def test_nothing_is_proposed_for_an_empty_text() -> None:
    found = problems({**DOMAIN, "HealthCheck": {"SearchString": ""}})
    assert [path for path, text in found.items() if "did you mean" not in text] == ["HealthCheck.SearchString"]


def place_of(properties: Json, path: str) -> tuple[Any, Any]:
    """Return what holds the value at a path, and the value's key or index there."""
    *steps, last = [int(step) if step.isdecimal() else step for step in re.findall(r"[^.\[\]]+", path)]
    place: Any = properties
    for step in steps:
        place = place[step]
    return place, last


def from_a_parameter(properties: Json, path: str) -> bool:
    """Tell whether the value at a path can be a parameter's: no name, map or script, which is read as it is written."""
    names = (
        ".lower_case_table_names",
        ".port",
        ".Max_Connections",
        ".maxmemory",
        ".maxmemory_policy",
        ".max-item-size",
    )
    if path.startswith("Overrides.") or path.endswith((".Key", ".UserData", *names)):
        return False
    place, last = place_of(properties, path)
    value = place.get(last) if isinstance(place, dict) else place[last]
    return isinstance(value, str | int) and not isinstance(value, bool)


WRITTEN = [each for each in REFUSED if from_a_parameter(*each[:2])]


@pytest.mark.parametrize(("properties", "path", "advice"), WRITTEN, ids=[path for _, path, _ in WRITTEN])
def test_value_of_a_parameter_is_refused_as_if_it_were_written(properties: Json, path: str, advice: str) -> None:
    changed = copy.deepcopy(properties)
    place, last = place_of(changed, path)
    value, place[last] = place[last], {"Ref": "Value"}
    found = problems(changed, {"Value": str(value)})
    assert list(found) == [path]
    assert advice in found[path]


@pytest.mark.parametrize(
    ("database", "path"),
    [
        ({"PreferredBackupWindow": "02:00-03:00", "PreferredMaintenanceWindow": "sun:02:30-sun:03:30"}, "Backup"),
        ({"PreferredBackupWindow": "02:00-02:10"}, "Backup"),
        ({"KmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/a"}, "KmsKeyId"),
        ({"DatabaseName": "select"}, "DatabaseName"),
    ],
    ids=str,
)
def test_combinations_of_parameters_are_judged_as_if_they_were_written(database: Json, path: str) -> None:
    referring = {name: {"Ref": name} for name in database}
    (written,) = problems({"Database": database}).items()
    assert problems({"Database": referring}, database) == dict([written])
    assert path in written[0]


def test_countries_are_those_of_cloudfront() -> None:
    place: Any = schema("AWS::CloudFront::Distribution")
    for step in ("DistributionConfig", "Restrictions", "GeoRestriction", "Locations"):
        place = place.member(step)
    assert frozenset(place.item().constraints().choices) == COUNTRIES


def user_data(properties: Json) -> str:
    return json.dumps(expand(properties)["SiteWebLaunchTemplate"]["Properties"]["LaunchTemplateData"]["UserData"])


def test_base64_is_undone_within_a_condition() -> None:
    branches = [{"Fn::Base64": "#!/bin/sh\necho live"}, {"Fn::Base64": {"Fn::Sub": "#!/bin/sh\n${AWS::Region}"}}]
    script = {"Fn::If": ["Live", "#!/bin/sh\necho live", {"Fn::Sub": "#!/bin/sh\n${AWS::Region}"}]}
    found = user_data(servers(UserData={"Fn::If": ["Live", *branches]}))
    assert json.dumps({"Fn::Base64": script}) in found
    assert found == user_data(servers(UserData=script))


@pytest.mark.parametrize(
    "script", ["#!/bin/sh\r\necho hi\r\n", {"Fn::Join": ["\r\n", ["#!/bin/sh", {"Ref": "AWS::Region"}]]}]
)
def test_line_ends_are_those_of_unix(script: Any) -> None:
    unix = json.loads(json.dumps(script).replace("\\r", ""))
    assert user_data(servers(UserData=script)) == user_data(servers(UserData=unix))


@pytest.mark.parametrize(("timeout", "seconds"), [(None, 900), ("PT45M", 2700)])
def test_startup_timeout_rules_all_that_waits_for_a_server(timeout: str | None, seconds: int) -> None:
    properties = servers(StartupTimeout=timeout) if timeout else {}
    group = expand(properties)["SiteAutoScalingGroup"]
    assert group["CreationPolicy"]["ResourceSignal"]["Timeout"] == (timeout or "PT15M")
    assert group["UpdatePolicy"]["AutoScalingRollingUpdate"]["PauseTime"] == (timeout or "PT15M")
    assert group["Properties"]["HealthCheckGracePeriod"] == seconds
    assert f"STARTUP_SECONDS={seconds - 120}\\n" in user_data(properties)


def test_own_grace_period_stays() -> None:
    group = expand(servers(StartupTimeout="PT45M", HealthCheckGracePeriod=60))["SiteAutoScalingGroup"]
    assert group["Properties"]["HealthCheckGracePeriod"] == 60


def test_forms_take_the_names_that_the_macro_takes() -> None:
    from cli.flat.form import ADDRESS
    from cli.templates.console_template import console_template

    fields = [console_template().to_dict()["Parameters"]["DomainName"], ADDRESS[1][0][1].to_dict()]
    assert all(HOST_NAME.pattern in field["AllowedPattern"] for field in fields)
