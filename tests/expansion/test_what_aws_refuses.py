"""Types, versions and names that AWS no longer has, that never go together, or that belong to another account."""

from typing import Any

import pytest

from resilient_website.reading.windows import collide
from resilient_website.tiers.database.backup_times import starts
from tests.expansion.one_site import DOMAIN, expand, refused

Json = dict[str, Any]

OWN, OTHER = "123456789012", "210987654321"
COPIED = {**DOMAIN, "Secondary": {"Region": "us-west-2"}}
LONG_SUPPORT = {"EngineVersion": "8.0", "EngineLifecycleSupport": "open-source-rds-extended-support"}


def cache(**properties: Any) -> Json:
    return {"Cache": properties}


def database(**properties: Any) -> Json:
    return {"Database": properties}


def servers(**properties: Any) -> Json:
    return {"WebServers": properties}


REFUSED: dict[str, tuple[Json, str]] = {
    "Redis too old for Graviton": (cache(Engine="redis", EngineVersion="4.0.10"), "Cache.CacheNodeType: found"),
    "Redis with a patch release": (cache(Engine="redis", EngineVersion="6.2.6"), "Cache.EngineVersion: found 6.2.6"),
    "Valkey with a patch release": (cache(EngineVersion="8.0.1"), "Cache.EngineVersion: found 8.0.1"),
    "old Redis without one": (
        cache(Engine="redis", EngineVersion="5.0", CacheNodeType="cache.t3.small"),
        "Cache.EngineVersion: found 5.0",
    ),
    "Memcached without one": (cache(Engine="memcached", EngineVersion="1.6"), "Cache.EngineVersion: found 1.6,"),
    "nodes of a previous generation": (cache(CacheNodeType="cache.t2.small"), "Cache.CacheNodeType: found"),
    "tiered data without its policies": (
        cache(CacheNodeType="cache.r6gd.xlarge", Parameters={"maxmemory-policy": "allkeys-lfu"}),
        "Cache.Parameters.maxmemory-policy: found allkeys-lfu",
    ),
    "a timeout that is none": (cache(Parameters={"timeout": "10"}), "Cache.Parameters.timeout: found '10'"),
    "events by their names": (
        cache(Parameters={"notify-keyspace-events": "expired"}),
        "Cache.Parameters.notify-keyspace-events: found 'expired'",
    ),
    "a parameter that is fixed": (cache(Parameters={"repl-timeout": "30"}), "Cache.Parameters.repl-timeout: found"),
    "provisioned storage too small": (
        {"Overrides": {"Database": {"StorageType": "io2", "Iops": 3000}}},
        "Overrides.Database.StorageType: found io2 with 20 GiB",
    ),
    "fewer operations than the baseline": (
        {**database(AllocatedStorage=400), "Overrides": {"Database": {"Iops": 5000}}},
        "Overrides.Database.Iops: found 5000 with gp3",
    ),
    "too few provisioned operations": (
        {**database(AllocatedStorage=100), "Overrides": {"Database": {"StorageType": "io1", "Iops": 500}}},
        "Overrides.Database.Iops: found 500 with io1",
    ),
    "another engine": (
        {"Overrides": {"Database": {"Engine": "mariadb"}}},
        "Overrides.Database.Engine: found, but other resources",
    ),
    "a port that no rule admits": (
        {"Cache": True, "Overrides": {"CacheReplicationGroup": {"Port": 6380}}},
        "Overrides.CacheReplicationGroup.Port: found, but other resources",
    ),
    "a network load balancer": (
        {"Overrides": {"LoadBalancer": {"Type": "network"}}},
        "Overrides.LoadBalancer.Type: found, but other resources",
    ),
    "addresses without the subnets": (
        {"Overrides": {"Vpc": {"CidrBlock": "10.9.0.0/16"}}},
        "Overrides.Vpc.CidrBlock: found, but other resources",
    ),
    "class of a previous generation": (database(DBInstanceClass="db.m4.large"), "Database.DBInstanceClass: found"),
    "class of another engine": (database(DBInstanceClass="db.z1d.large"), "Database.DBInstanceClass: found"),
    "size without a class": (database(DBInstanceClass="db.t4g.4xlarge"), "Database.DBInstanceClass: found"),
    "replica's class": (
        database(ReadReplicas=1, ReplicaDBInstanceClass="db.t2.small"),
        "Database.ReplicaDBInstanceClass: found db.t2.small",
    ),
    "parameter removed in 8.0": (
        database(Parameters={"query_cache_size": "0"}, **LONG_SUPPORT),
        "Database.Parameters.query_cache_size: found",
    ),
    "parameter removed in 8.4": (
        database(Parameters={"default_authentication_plugin": "mysql_native_password"}),
        "Database.Parameters.default_authentication_plugin: found",
    ),
    "a buffer pool that nothing sizes": (
        database(Parameters={"innodb_dedicated_server": "0"}),
        "Database.Parameters.innodb_dedicated_server: found 0 without innodb_buffer_pool_size",
    ),
    "time zone as an offset": (database(Parameters={"time_zone": "+01:00"}), "Database.Parameters.time_zone: found"),
    "snapshot of a cluster": (
        database(DBSnapshotIdentifier=f"arn:aws:rds:us-east-1:{OWN}:cluster-snapshot:website"),
        "Database.DBSnapshotIdentifier: found",
    ),
    "key that is none": (database(KmsKeyId="my key"), "Database.KmsKeyId: found 'my key'"),
    "cache's key that is none": (cache(KmsKeyId="website"), "Cache.KmsKeyId: found 'website'"),
    "backups several times an hour": (
        database(BackupPlan={"ScheduleExpression": "cron(0/30 * * * ? *)"}),
        "Database.BackupPlan.ScheduleExpression: found",
    ),
    "backups each hour": (
        database(BackupPlan={"ScheduleExpression": "cron(0 * * * ? *)"}),
        "Database.BackupPlan.ScheduleExpression: found cron(0 * * * ? *), which leaves no time",
    ),
    "servers for paravirtual images": (servers(InstanceType="t1.micro"), "WebServers.InstanceType: found t1.micro"),
    "servers on Dedicated Hosts": (servers(InstanceType="mac2-m2.metal"), "WebServers.InstanceType: found mac2"),
    "servers too old for Amazon Linux": (servers(InstanceType="a1.large"), "WebServers.InstanceType: found a1.large"),
    "further type too old": (
        servers(InstanceType="m7g.large", InstanceTypes=["m6g.large", "a1.large"]),
        "WebServers.InstanceTypes[1]: found a1.large",
    ),
    "path of AWS's own roles": ({"Security": {"RolePath": "/aws-service-role/shop/"}}, "Security.RolePath: found"),
    "zones of one Region, for two": (
        {**COPIED, "Network": {"AvailabilityZones": ["us-east-1a", "us-east-1b"]}},
        "Network.AvailabilityZones[0]: found us-east-1a together with Secondary",
    ),
    "more servers than addresses": (
        {"Network": {"CidrBlock": "10.0.0.0/23"}, **servers(MaxSize=58)},
        "WebServers.MaxSize: found up to 58 servers, but the web servers' subnets have addresses for 57",
    ),
    "more servers by default than addresses": (
        {"Network": {"CidrBlock": "10.0.0.0/23"}, **servers(MinSize=20)},
        "WebServers.MinSize: found up to 60 servers",
    ),
    "more endpoints than addresses": (
        {"Network": {"CidrBlock": "10.0.0.0/23", "EndpointServices": [f"service{number}" for number in range(20)]}},
        "WebServers.MinSize: found up to 9 servers, but the web servers' subnets have addresses for 0; write fewer",
    ),
    "more nodes than addresses": (
        {"Network": {"CidrBlock": "10.0.0.0/23"}, **cache(NumNodeGroups=41)},
        "Cache.NumNodeGroups: found 82 nodes, but the cache's subnets have addresses for 81",
    ),
    "a path pattern too long": (
        {"Assets": {"PathPattern": f"/{'a' * 253}/*"}},
        "Assets.PathPattern: found a string of 256 characters",
    ),
    "an address too long": (
        {"Monitoring": {"AlarmEmail": f"{'a' * 243}@example.com"}},
        "Monitoring.AlarmEmail: found a string of 255 characters",
    ),
    "a number for a switch": ({"Cache": 1}, "Cache: found 1"),
    "zero for a switch": ({"Database": 0}, "Database: found 0"),
    "zero for a copy": ({**DOMAIN, "Secondary": 0}, "Secondary: found 0"),
}


@pytest.mark.parametrize(("properties", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_aws_refuses_is_refused_before(properties: Json, problem: str) -> None:
    assert [each[: len(problem)] for each in refused(properties)][:1] == [problem]


TAKEN: dict[str, Json] = {
    "old Redis on older nodes": cache(Engine="redis", EngineVersion="4.0.10", CacheNodeType="cache.t3.small"),
    "first Redis on Graviton": cache(Engine="redis", EngineVersion="5.0.6"),
    "Memcached with three numbers": cache(Engine="memcached", EngineVersion="1.6.17"),
    "a later Valkey": cache(EngineVersion="9.0"),
    "a later family of nodes": cache(CacheNodeType="cache.r9g.large"),
    "nodes known later": cache(CacheNodeType={"Fn::ImportValue": "nodes"}),
    "tiered data with one of its policies": cache(
        CacheNodeType="cache.r6gd.xlarge", Parameters={"maxmemory-policy": "allkeys-lru"}
    ),
    "other nodes with any policy": cache(Parameters={"maxmemory-policy": "allkeys-lfu"}),
    "no timeout, and some events": cache(Parameters={"timeout": "0", "notify-keyspace-events": "Ex"}),
    "more than the baseline": {
        **database(AllocatedStorage=400),
        "Overrides": {"Database": {"Iops": 15000, "StorageThroughput": 600}},
    },
    "provisioned storage": {
        **database(AllocatedStorage=100),
        "Overrides": {"Database": {"StorageType": "io2", "Iops": 1000}},
    },
    "a replica's later version": {
        **database(ReadReplicas=1),
        "Overrides": {"DatabaseReplica1": {"EngineVersion": "8.4.9"}},
    },
    "a later family of classes": database(DBInstanceClass="db.r9g.large"),
    "a class known later": database(DBInstanceClass={"Fn::ImportValue": "class"}),
    "parameter that 8.0 still has": database(
        Parameters={"default_authentication_plugin": "mysql_native_password"}, **LONG_SUPPORT
    ),
    "a buffer pool of one's own": database(
        Parameters={"innodb_dedicated_server": "0", "innodb_buffer_pool_size": "{DBInstanceClassMemory*1/2}"}
    ),
    "time zone by its name": database(Parameters={"time_zone": "Europe/Berlin"}),
    "snapshot of AWS Backup": database(DBSnapshotIdentifier="awsbackup:job-0aaaaaaa-1234-1234-1234-123456789012"),
    "automated snapshot of another account": database(
        DBSnapshotIdentifier=f"arn:aws:rds:us-east-1:{OTHER}:snapshot:rds:website-2026-01-01-00-00"
    ),
    "key by its id": database(KmsKeyId="mrk-1234abcd12ab34cd56ef1234567890ab"),
    "backups every four hours": database(BackupPlan={"ScheduleExpression": "cron(15 0/4 * * ? *)"}),
    "old servers with an image of their own": servers(InstanceType="a1.large", ImageId="ami-0123456789abcdef0"),
    "path of roles for services": {"Security": {"RolePath": "/service-role/"}},
    "as many servers as addresses": {"Network": {"CidrBlock": "10.0.0.0/23"}, **servers(MaxSize=57)},
    "servers in subnets of their own": {
        "Network": {"CidrBlock": "10.0.0.0/23", "WebSubnets": "Private"},
        **servers(MaxSize=81),
    },
    "as many nodes as addresses": {"Network": {"CidrBlock": "10.0.0.0/23"}, **cache(NumNodeGroups=40)},
    "the longest path pattern": {"Assets": {"PathPattern": f"/{'a' * 252}/*"}},
    "number of zones, for two Regions": {**COPIED, "Network": {"AvailabilityZones": 2}},
}


@pytest.mark.parametrize("properties", TAKEN.values(), ids=TAKEN)
def test_what_aws_takes_is_taken(properties: Json) -> None:
    assert refused(properties) == []


@pytest.mark.parametrize("hours", ["0/2", "1/2", "0/3", "3", "0,12", "0-20/4"])
def test_windows_are_outside_of_a_plan_however_often_it_runs(hours: str) -> None:
    schedule = f"cron(10 {hours} * * ? *)"
    template = expand(database(BackupPlan={"ScheduleExpression": schedule}))
    made = template["Resources"]["SiteDatabase"]["Properties"]
    backup, maintenance = made["PreferredBackupWindow"], made["PreferredMaintenanceWindow"]
    assert not collide(backup, maintenance)
    for window in (backup, maintenance):
        hour, minute = window.split("-")[0][-5:].split(":")
        start = 60 * int(hour) + int(minute)
        # Source: "Troubleshooting AWS Backup", the hour before a window, and the window.
        assert not starts(schedule) & {(start + minute) % 1440 for minute in range(-60, 31)}
