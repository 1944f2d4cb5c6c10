"""Traps of this architecture: what AWS would refuse later is refused, and what only looks like that is not."""

from typing import Any

import pytest

from resilient_website.cloudformation.derived_limits import MAX_USER_DATA_BYTES
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from tests.expansion.one_site import DOMAIN, KEY, refused

LONG = "a" * 32 + "." + "b" * 20 + ".example.com"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/aaaaaaaa-1234-1234-1234-123456789012"
ACL = "arn:aws:wafv2:us-east-1:123456789012:{}/webacl/mine/aaaaaaaa-1234-1234-1234-123456789012"
IMAGE = "{{{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{}}}}}"


def names(count: int) -> list[str]:
    return [f"n{number}.example.com" for number in range(count)]


def countries(kind: str, *locations: Any) -> dict[str, Any]:
    return {"Delivery": {"GeoRestriction": {"RestrictionType": kind, "Locations": list(locations)}}}


def action(**more: Any) -> dict[str, Any]:
    return {"WebServers": {"ScheduledActions": [{"Recurrence": "0 8 * * *", "MinSize": 3, **more}]}}


def padded(domain: str, length: int) -> str:
    return "a" * (length - len(domain) - 1) + "." + domain


ALLOWED: dict[str, dict[str, Any]] = {
    "a certificate's longest name": {**DOMAIN, "DomainName": padded("example.com", 64)[:63].replace("aa.", "a.a.", 1)},
    "longer with certificates": {
        **DOMAIN,
        "DomainName": LONG,
        "CertificateArn": CERTIFICATE,
        "RegionalCertificateArn": CERTIFICATE,
    },
    "eight other names": {**DOMAIN, "AlternateDomainNames": names(8)},
    "nine with a certificate": {
        **DOMAIN,
        "AlternateDomainNames": names(9),
        "RegionalCertificateArn": CERTIFICATE,
    },
    "names below one of two parts": {
        **DOMAIN,
        "DomainName": "www.example.co.uk",
        "AlternateDomainNames": ["shop.example.co.uk"],
    },
    "origin's name behind no CloudFront": {
        **DOMAIN,
        "AlternateDomainNames": ["origin.www.example.com"],
        "FrontDoor": "LoadBalancer",
    },
    "checkers in the US": {**DOMAIN, **countries("whitelist", "US")},
    "checkers in two countries": {**DOMAIN, **countries("whitelist", "IE", "SG")},
    "all but the US": {**DOMAIN, **countries("blacklist", "US")},
    "countries known later": {**DOMAIN, **countries("whitelist", {"Ref": "Country"})},
    "a list known later": {
        **DOMAIN,
        "Delivery": {"GeoRestriction": {"RestrictionType": "whitelist", "Locations": {"Ref": "Countries"}}},
    },
    "paths of a crawl known later": {**DOMAIN, "Fallback": {"Source": {"Crawl": {"Paths": {"Ref": "Paths"}}}}},
    "countries, and no health check": countries("whitelist", "DE"),
    "caching, and the load balancer asked": {
        **DOMAIN,
        "FrontDoor": "LoadBalancer",
        "Delivery": {"Caching": "Disabled"},
    },
    "odd path of a health check, with no behaviour": {
        **DOMAIN,
        "WebServers": {"HealthCheckPath": "/up%20now"},
        "Delivery": {"Caching": "Disabled"},
    },
    "odd path of a health check, that the load balancer asks": {
        **DOMAIN,
        "WebServers": {"HealthCheckPath": "/up;v=1"},
        "HealthCheck": {"ResourcePath": "/up?v=1;2"},
    },
    "as long as the load balancer waits": {
        "Delivery": {"OriginReadTimeout": 120},
        "LoadBalancer": {"IdleTimeout": 120},
    },
    "health check below the assets, with a behaviour": {**DOMAIN, "WebServers": {"HealthCheckPath": "/static/up"}},
    "health check below the assets, asked by nobody else": {
        "WebServers": {"HealthCheckPath": "/static/up"},
        "Delivery": {"Caching": "Disabled"},
    },
    "the health check's own path": {
        **DOMAIN,
        "WebServers": {"HealthCheckPath": "/static/up"},
        "Delivery": {"Caching": "Disabled"},
        "HealthCheck": {"ResourcePath": "/up"},
    },
    "a key's alias": {"Database": {"KmsKeyId": "alias/website"}, "Cache": {"KmsKeyId": "alias/website"}},
    "a key known later": {"Database": {"KmsKeyId": {"Fn::ImportValue": "key"}}},
    "the shortest windows": {
        "Database": {"PreferredBackupWindow": "23:45-00:15", "PreferredMaintenanceWindow": "sun:00:15-sun:00:45"},
        "Cache": {"SnapshotWindow": "23:30-00:30", "PreferredMaintenanceWindow": "sun:23:30-mon:00:30"}
        | {"SnapshotWindow": "21:00-22:00"},
    },
    "ten per cent more storage": {"Database": {"AllocatedStorage": 100, "MaxAllocatedStorage": 110}},
    "a lock as long as backups are kept": {"Database": {"BackupPlan": {"DeleteAfterDays": 9, "MinRetentionDays": 9}}},
    "a name that holds a reserved one": {"Database": {"DatabaseName": "my_groups"}},
    "500 nodes": {"Cache": {"NumNodeGroups": 83, "Replicas": 5}},
    "cluster mode said twice": {"Cache": {"NumNodeGroups": 2, "Parameters": {"cluster-enabled": "yes"}}},
    "the last of Redis": {"Cache": {"Engine": "redis", "EngineVersion": "7.1"}},
    "the first of Valkey": {"Cache": {"EngineVersion": "7.2"}},
    "the first Memcached that encrypts": {"Cache": {"Engine": "memcached", "EngineVersion": "1.6.12"}},
    "an image of the right architecture": {"WebServers": {"ImageId": IMAGE.format("arm64")}},
    "an image whose name means nothing": {"WebServers": {"ImageId": "{{resolve:ssm:/images/x86_64}}"}},
    "the load balancer's web ACL": {
        **DOMAIN,
        "FrontDoor": "LoadBalancer",
        "Security": {"WebACLArn": ACL.format("regional")},
    },
    "equal bounds": action(MaxSize=3),
    "more for a rush": action(MinSize=50, MaxSize=60, DesiredCapacity=60),
    "as many as the group takes": action(MinSize=9, DesiredCapacity=9),
    "addresses of carriers": {"Network": {"CidrBlock": "100.64.0.0/16"}},
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_only_looks_like_a_trap_is_allowed(name: str) -> None:
    assert refused(ALLOWED[name]) == []


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "longer, and one certificate to be made": (
        {**DOMAIN, "DomainName": LONG, "CertificateArn": CERTIFICATE},
        "us-east-1",
        "DomainName: found ",
    ),
    "longer, and one to be made for the fallback": (
        {
            **DOMAIN,
            "DomainName": LONG,
            "CertificateArn": CERTIFICATE,
            "RegionalCertificateArn": CERTIFICATE,
            "Fallback": {"Region": "eu-west-1"},
        },
        "us-east-1",
        "DomainName: found ",
    ),
    "one country of checkers": ({**DOMAIN, **countries("whitelist", "IE", "DE")}, "us-east-1", "Delivery.Geo"),
    "all countries of checkers but one": (
        {**DOMAIN, **countries("blacklist", "US", "IE", "SG", "AU", "JP")},
        "us-east-1",
        "Delivery.GeoRestriction.Locations: found a blacklist that blocks",
    ),
    "the health check's own path": (
        {**DOMAIN, "Delivery": {"Caching": "Disabled"}, "HealthCheck": {"ResourcePath": "/static/up"}},
        "us-east-1",
        "HealthCheck.ResourcePath: found /static/up",
    ),
    "a key of another Region": ({"Cache": {"KmsKeyId": KEY}}, "eu-west-1", "Cache.KmsKeyId: found "),
    "CloudFront's web ACL before a load balancer": (
        {**DOMAIN, "FrontDoor": "LoadBalancer", "Security": {"WebACLArn": ACL.format("global")}},
        "us-east-1",
        "Security.WebACLArn: found ",
    ),
    "Valkey's version for Redis": (
        {"Cache": {"Engine": "redis", "EngineVersion": "7.2"}},
        "us-east-1",
        "Cache.EngineVersion: found 7.2, but Engine redis",
    ),
    "a window of no length": ({"Database": {"PreferredBackupWindow": "02:00-02:00"}}, "us-east-1", "Database.Pref"),
    "a window of the maintenance": (
        {"Cache": {"PreferredMaintenanceWindow": "sun:23:30-mon:00:29"}},
        "us-east-1",
        "Cache.PreferredMaintenanceWindow: found sun:23:30-mon:00:29, a window of 59 minutes",
    ),
    "a schema of MySQL's": ({"Database": {"DatabaseName": "MySQL"}}, "us-east-1", "Database.DatabaseName: found"),
    "loopback": ({"Network": {"CidrBlock": "127.0.0.0/16"}}, "us-east-1", "Network.CidrBlock: found 127.0.0.0/16"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_trap_is_refused(name: str) -> None:
    properties, region, expected = REFUSED[name]
    (problem,) = refused(properties, region)
    assert problem.startswith(expected)


@pytest.mark.parametrize(
    ("properties", "region"),
    [
        (DOMAIN, "eu-west-1"),
        ({**DOMAIN, "Fallback": {"Region": "us-west-2"}}, "us-east-1"),
        ({"Teardown": {"Assets": "Delete"}}, "us-east-1"),
        (DOMAIN, "us-east-1"),
    ],
    ids=["edge certificate", "fallback certificate", "bucket that is emptied", "nothing that waits"],
)
def test_logical_id_may_have_64_letters(properties: dict[str, Any], region: str) -> None:
    assert refused(properties, region, "S" * 64) == []
    (problem,) = refused(properties, region, "S" * 65)
    assert "64 letters and digits" in problem


def of_length(length: int) -> dict[str, Any]:
    """Return a site whose main name has `length` characters, with certificates for it."""
    label = "a" * 60
    name = f"{label}.{label}.{label}.{'a' * (length - 3 * 61 - len('.example.com'))}.example.com"
    assert len(name) == length
    return {**DOMAIN, "DomainName": name, "CertificateArn": CERTIFICATE, "RegionalCertificateArn": CERTIFICATE}


def test_long_domain_names_need_room_in_logical_ids() -> None:
    (problem,) = refused(of_length(220), name="S" * 40)
    assert problem.startswith(f"Resources.{'S' * 40}: found a logical id of 40 characters")
    room = int(problem.partition("use at most ")[2].split()[0])
    assert 0 < room < 40
    assert refused(of_length(220), name="S" * room) == []


def test_domain_name_that_no_logical_id_has_room_for_is_refused() -> None:
    (problem,) = refused(of_length(250))
    assert problem.startswith("DomainName: found names so long that the resource name")
    shorter = int(problem.partition("the name by ")[2].split()[0])
    assert refused(of_length(250 - shorter)) == []
    assert len(refused(of_length(250 - shorter + 1))) == 1


def test_script_may_fill_what_ec2_takes() -> None:
    (problem,) = refused({"WebServers": {"UserData": "#" * 20_000 + "\n"}})
    size = int(problem.partition("user data has about ")[2].split()[0])
    room = 20_000 - (size - MAX_USER_DATA_BYTES)
    assert refused({"WebServers": {"UserData": "#" * room + "\n"}}) == []
    assert len(refused({"WebServers": {"UserData": "#" * (room + 1) + "\n"}})) == 1
    assert refused({"WebServers": {"UserData": {"Fn::Sub": "#" * 20_000}}}) != []
    assert refused({"WebServers": {"UserData": {"Fn::ImportValue": "x" * 20_000}}}) == []


@pytest.mark.parametrize(
    ("properties", "only"),
    [
        ({**DOMAIN, "DomainName": "my site", "FrontDoor": "LoadBalancer"}, "DomainName"),
        ({**DOMAIN, "DomainName": 7, "Fallback": {"Source": {"Crawl": True}}}, "DomainName"),
        ({"Network": {"VpcId": "vpc", "PublicSubnetIds": ["subnet-01234567", "subnet-89abcdef"]}}, "Network.VpcId"),
        ({"Database": {"ReadReplicas": 9, "ReplicaDBInstanceClass": "db.r7g.large"}}, "Database.ReadReplicas"),
        ({"WebServers": {"MinSize": 1000, "MaxSize": 3}}, "WebServers.MinSize"),
        ({"Monitoring": {"AlarmEmail": "me", "MonthlyBudget": 9}}, "Monitoring.AlarmEmail"),
        (action(MinSize=-1), "WebServers.ScheduledActions[0].MinSize"),
        (action(DesiredCapacity=0), "WebServers.ScheduledActions[0].DesiredCapacity"),
        (action(DesiredCapacity=12, MaxSize=9), "WebServers.ScheduledActions[0].MaxSize"),
        (action(MaxSize=2), "WebServers.ScheduledActions[0].MaxSize"),
        ({**DOMAIN, "Fallback": {"Source": {"Crawl": 7}}}, "Fallback.Source.Crawl"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_follows_from_a_value_that_could_not_be_read_is_not_told(properties: dict[str, Any], only: str) -> None:
    (problem,) = refused(properties)
    assert problem.startswith(f"{only}: ")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"DomainName": "WWW.Example.com."}, "www.example.com"),
        ({"DomainName": "https://www.example.com/shop"}, "www.example.com"),
        ({"HostedZoneId": "/hostedzone/Z0123456789ABCDEFGHIJ"}, "Z0123456789ABCDEFGHIJ"),
        ({"WebServers": {"InstanceType": "db.t4g.small"}}, "t4g.small"),
        ({"Database": {"DBInstanceClass": "cache.r7g.large"}}, "db.r7g.large"),
        ({"Cache": {"CacheNodeType": "r7g.large"}}, "cache.r7g.large"),
        ({"WebServers": {"HealthCheckPath": "health"}}, "/health"),
        ({"Assets": {"PathPattern": "/static"}}, "/static/*"),
        ({"Database": {"PreferredMaintenanceWindow": "Sun:04:00-Sun:05:00"}}, "sun:04:00-sun:05:00"),
        ({"Network": {"CidrBlock": "10.0.0.7/20"}}, "10.0.0.0/20"),
        ({"Fallback": {"Source": {"Crawl": {"Paths": ["https://www.example.com/shop"]}}}}, "/shop"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_meant_is_proposed(written: dict[str, Any], meant: str) -> None:
    (problem,) = refused({**DOMAIN, **written})
    assert f"did you mean {meant}?" in problem


def test_one_id_that_is_there_twice_is_reported_once() -> None:
    template = {"Resources": {"Site": {"Type": "ResilientWebsite"}, "SiteVpc": {"Type": "AWS::SNS::Topic"}}}
    for resources in (template["Resources"], dict(reversed(template["Resources"].items()))):
        with pytest.raises(InvalidTemplateError) as caught:
            expand_template({"Resources": resources}, {}, "us-east-1")
        assert len(caught.value.problems) == 1


def test_long_lists_of_names_are_cut_to_the_nearest() -> None:
    (problem,) = refused({"Overrides": {"LoadBalancers": {}}})
    assert len(problem) < 1500
    assert "did you mean LoadBalancer? allowed here: " in problem
    assert problem.endswith(" more")
