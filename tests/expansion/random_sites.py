"""Random compact resources that are all right, for laws that must hold for every one of them."""

from typing import Any

from hypothesis import strategies as st

ZONES = st.integers(2, 4)


def _some(**properties: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return maps with any of these properties."""
    return st.fixed_dictionaries({}, optional=properties)


NETWORK = _some(
    AvailabilityZones=ZONES,
    CidrBlock=st.sampled_from(["10.0.0.0/16", "172.16.0.0/20", "192.168.4.0/22", "10.9.8.0/23"]),
    Ipv6=st.booleans(),
)
WEB_SERVERS = _some(
    InstanceType=st.sampled_from(["t4g.micro", "t3.small", "m7g.large", "c7gn.xlarge", "g4dn.xlarge", "x2gd.medium"]),
    MinSize=st.integers(4, 20),
    MaxSize=st.integers(21, 60),
    Port=st.integers(1, 65535),
    HealthCheckPath=st.sampled_from(["/", "/health", "/up?deep=1"]),
    UserData=st.sampled_from(["#!/bin/sh\necho hi", "echo plain", {"Fn::Base64": {"Fn::Sub": "x ${Site.VpcId}"}}]),
    CpuUtilizationTarget=st.integers(10, 90),
)
DATABASE = st.booleans() | _some(
    ReadReplicas=st.integers(0, 5),
    AllocatedStorage=st.integers(20, 400),
    EngineVersion=st.sampled_from(["8.0", "8.4", "8.4.8"]),
    BackupRetentionPeriod=st.integers(1, 35),
    DBSnapshotIdentifier=st.just("last-night"),
    Parameters=st.just({"max_connections": "500"}),
    DeletionProtection=st.booleans(),
)
CACHE = (
    st.booleans()
    | _some(Engine=st.sampled_from(["valkey", "redis"]), Replicas=st.integers(1, 5))
    | st.fixed_dictionaries({"Engine": st.just("memcached")}, optional={"NumCacheNodes": st.integers(2, 9)})
)
TIERS = {
    "Network": NETWORK,
    "WebServers": WEB_SERVERS,
    "Database": DATABASE,
    "Cache": CACHE,
    "Assets": _some(PathPattern=st.sampled_from(["/static/*", "/a/b/*"])),
    "Fallback": _some(
        Title=st.text(min_size=1),
        ContactEmail=st.just("a@example.com"),
        Region=st.sampled_from(["us-west-2", "eu-west-1"]),
    ),
    "Tags": st.just([{"Key": "Team", "Value": "web"}]),
}
DOMAIN = {
    "DomainName": st.sampled_from(["www.example.com", "example.com"]),
    "HostedZoneId": st.just("Z0123456789ABCDEFGHIJ"),
}
ALTERNATE = {"AlternateDomainNames": st.lists(st.sampled_from(["a.example.com", "b.example.com"]), unique=True)}

# Properties of a site: without a domain; or with one, behind either front door.
SITES = st.fixed_dictionaries({}, optional=TIERS) | st.fixed_dictionaries(
    DOMAIN,
    optional={
        **TIERS,
        **ALTERNATE,
        "FrontDoor": st.sampled_from(["CloudFront", "LoadBalancer"]),
        "HealthCheck": _some(RequestInterval=st.sampled_from([10, 30]), SearchString=st.just("ok")),
    },
)
