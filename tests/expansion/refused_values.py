"""Values that AWS would refuse, with the place and the advice of their problem."""

import base64
from typing import Any

from tests.expansion.one_site import DOMAIN

Json = dict[str, Any]


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
    (
        {
            "Network": {
                "VpcId": "vpc-0123456789abcdef0",
                "PublicSubnetIds": ["subnet-0123456789abcdea1", "subnet-0123456789abcdea2"],
                "DatabaseSubnetIds": ["subnet-0123456789abcdeb1", "subnet-0123456789abcdeb2"],
                "AvailabilityZones": 3,
            }
        },
        "Network.AvailabilityZones",
        "the zones are those of the subnets",
    ),
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
