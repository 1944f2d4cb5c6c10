"""Checks combinations made by `Overrides` that a service rejects, although the schemas have no rule for them.

A site's properties are checked before its resources are built; literal overrides are checked here, after they are
merged.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from resilient_website.facts.ports import MYSQL
from resilient_website.facts.rds import LARGE_GP3_BASELINES, LARGE_GP3_GIB
from resilient_website.problems import Problem

Json = dict[str, Any]
# A property of the resource, what was found, and how to fix it.
Wrong = tuple[str, str, str]

PROVISIONED = ("io1", "io2")
# Source: "Provisioned IOPS SSD storage" in "Amazon RDS DB instance storage".
MIN_GIB_PROVISIONED, MIN_IOPS_PROVISIONED = 100, 1000

# Properties that other resources of the site follow: security groups, parameter groups, subnets, listeners. Overridden
# on one resource only, AWS would refuse the deployment, or nothing could reach the resource.
_CACHE = {
    "Engine": "write Cache: {Engine} instead",
    "EngineVersion": "write Cache: {EngineVersion} instead",
    "Port": "leave it out: the security group admits the engine's own port",
}
FOLLOWED = {
    "AWS::RDS::DBInstance": {
        "Engine": "leave it out: a site's database is MySQL",
        "EngineVersion": "write Database: {EngineVersion} instead",
        "Port": f"leave it out: the servers connect to port {MYSQL}",
    },
    "AWS::ElastiCache::ReplicationGroup": _CACHE,
    "AWS::ElastiCache::CacheCluster": _CACHE,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {
        "Type": "leave it out: its listeners need an Application Load Balancer",
        "Scheme": "write LoadBalancer: {Scheme} instead",
    },
    "AWS::ElasticLoadBalancingV2::TargetGroup": {"Port": "write WebServers: {Port} instead"},
    "AWS::EC2::VPC": {"CidrBlock": "write Network: {CidrBlock} instead"},
}

# Source: "CreateLoadBalancer", Name.
BALANCER_NAME = re.compile(r"(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?")


def check(site: str, definitions: Mapping[str, Json], overrides: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each combination in the overridden resources that a service rejects."""
    path = f"Resources.{site}.Properties.Overrides"
    return [
        Problem(f"{path}.{suffix}.{name}", found, fix)
        for suffix, overridden in overrides.items()
        if (body := definitions.get(site + suffix)) is not None
        for name, found, fix in (
            *_followed(body, overridden),
            *CHECKS.get(body["Type"], _nothing)(body.get("Properties", {})),
        )
    ]


def _followed(body: Json, overridden: Any) -> Iterator[Wrong]:
    """Yield overridden properties that others follow. A read replica's version may be ahead of its source's."""
    given = overridden if isinstance(overridden, Mapping) else {}
    is_replica = "SourceDBInstanceIdentifier" in body.get("Properties", {})
    for name, fix in FOLLOWED.get(body["Type"], {}).items():
        if name in given and not (is_replica and name == "EngineVersion"):
            yield name, "found, but other resources of the site follow this property", fix


def _nothing(_properties: Json) -> Iterator[Wrong]:
    yield from ()


def _database(properties: Json) -> Iterator[Wrong]:
    """Yield what RDS rejects. Source: "CreateDBInstance"; "Amazon RDS DB instance storage" in the Amazon RDS guide."""
    kind, size = properties.get("StorageType"), _number(properties.get("AllocatedStorage"))
    given = [name for name in ("Iops", "StorageThroughput") if properties.get(name) is not None]
    if _is_true(properties.get("MultiAZ")) and "AvailabilityZone" in properties:
        yield (
            "AvailabilityZone",
            "found with MultiAZ: RDS chooses the zones of both instances",
            "write Database: {MultiAZ: false} too",
        )
    if kind in PROVISIONED and "Iops" not in properties:
        yield "StorageType", f"found {kind} without Iops", "write Iops too"
    elif kind in PROVISIONED:
        yield from _provisioned(str(kind), size, _number(properties["Iops"]))
    if kind == "gp2" and given:
        yield (
            given[0],
            "found with gp2, whose performance depends on its size",
            "leave it out, or write StorageType: gp3",
        )
    if kind == "gp3" and given and size is not None and size < LARGE_GP3_GIB:
        found = f"found with {size} GiB of gp3; RDS allows it from {LARGE_GP3_GIB} GiB"
        yield given[0], found, f"write Database: {{AllocatedStorage: {LARGE_GP3_GIB}}} or more, or leave it out"
    elif kind == "gp3":
        for name in given:
            least = LARGE_GP3_BASELINES[name]
            if (_number(properties[name]) or least) < least:
                yield name, f"found {properties[name]} with gp3", f"write at least {least}, or leave it out"
    if (_number(properties.get("MonitoringInterval")) or 0) > 0 and "MonitoringRoleArn" not in properties:
        yield "MonitoringInterval", "found without MonitoringRoleArn", "write Database: {MonitoringInterval} instead"
    if _is_true(properties.get("ManageMasterUserPassword")):
        yield "ManageMasterUserPassword", "found with the site's own password secret", "leave it out"


def _provisioned(kind: str, size: int | None, iops: int | None) -> Iterator[Wrong]:
    """Yield what RDS rejects of provisioned storage of a size in GiB."""
    if size is not None and size < MIN_GIB_PROVISIONED:
        found = f"found {kind} with {size} GiB; RDS allows it from {MIN_GIB_PROVISIONED} GiB"
        yield "StorageType", found, f"write Database: {{AllocatedStorage: {MIN_GIB_PROVISIONED}}}, or more"
    if iops is not None and iops < MIN_IOPS_PROVISIONED:
        yield "Iops", f"found {iops} with {kind}", f"write at least {MIN_IOPS_PROVISIONED}"


def _balancer(properties: Json) -> Iterator[Wrong]:
    name = properties.get("Name")
    if isinstance(name, str) and not BALANCER_NAME.fullmatch(name):
        fix = "write 1 to 32 letters, digits and hyphens, no hyphen first or last, and not internal- first"
        yield "Name", f"found {name!r}", fix


def _target_group(properties: Json) -> Iterator[Wrong]:
    """Yield what Elastic Load Balancing rejects. Source: "CreateTargetGroup", HealthCheckTimeoutSeconds."""
    interval, timeout = (_number(properties.get(f"HealthCheck{name}Seconds")) for name in ("Interval", "Timeout"))
    if interval is not None and timeout is not None and timeout >= interval:
        found = f"found {timeout}, but HealthCheckIntervalSeconds is {interval}"
        yield "HealthCheckTimeoutSeconds", found, "write a timeout shorter than the interval"


def _group(properties: Json) -> Iterator[Wrong]:
    least, most = (_number(properties.get(name)) for name in ("MinSize", "MaxSize"))
    if least is not None and most is not None and least > most:
        yield "MinSize", f"found {least}, but MaxSize is {most}", "write WebServers: {MinSize, MaxSize} instead"


def _cache(properties: Json) -> Iterator[Wrong]:
    """Yield what ElastiCache rejects. Source: "CreateReplicationGroup"."""
    if _number(properties.get("NumCacheClusters")) == 1 and _is_true(properties.get("AutomaticFailoverEnabled")):
        yield "NumCacheClusters", "found 1, but failover needs a replica", "write Cache: {Replicas} instead"
    if "AuthToken" in properties and str(properties.get("TransitEncryptionEnabled")).lower() == "false":
        found = "found false, but a token requires encryption in transit"
        yield "TransitEncryptionEnabled", found, "write Cache: {Authentication: false} too"


CHECKS: dict[str, Callable[[Json], Iterator[Wrong]]] = {
    "AWS::RDS::DBInstance": _database,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
    "AWS::AutoScaling::AutoScalingGroup": _group,
    "AWS::ElastiCache::ReplicationGroup": _cache,
}


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, str | int) and str(value).isdecimal() else None
