"""Changes of one stack that a service refuses, or takes, though the schemas call all of them changes in place."""

from typing import Any

from tests.diff.stacks import database, ref

Json = dict[str, Any]

REPLICA: Json = {"Type": "AWS::RDS::DBInstance", "Properties": {"SourceDBInstanceIdentifier": ref("One")}}

TIERS = ("Public", "Cache", "Database")
MAJOR = {"AllowMajorVersionUpgrade": True}


def mysql(version: str, **properties: Any) -> Json:
    return database(EngineVersion=version, **properties)


def group(engine: str, version: str) -> Json:
    return {"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": {"Engine": engine, "EngineVersion": version}}


def memcached(version: str) -> Json:
    return {"Type": "AWS::ElastiCache::CacheCluster", "Properties": {"Engine": "memcached", "EngineVersion": version}}


def in_vpc(type_name: str, vpc: Any) -> Json:
    """Return a subnet group as One, with its subnet."""
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": vpc, "CidrBlock": "10.0.0.0/24"}}
    return {"One": {"Type": type_name, "Properties": {"SubnetIds": [ref("Subnet")]}}, "Subnet": subnet}


def in_subnets(store: str, *subnets: str) -> Json:
    """Return a group of subnets as One, and a store in it, or none."""
    group = {"Type": "AWS::RDS::DBSubnetGroup", "Properties": {"SubnetIds": list(subnets)}}
    cached = {"Type": "AWS::ElastiCache::SubnetGroup", "Properties": {"SubnetIds": list(subnets)}}
    cache = {"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": {"CacheSubnetGroupName": ref("One")}}
    stores: dict[str, Json] = {
        "database": {"One": group, "Store": database(DBSubnetGroupName=ref("One"))},
        "cache": {"One": cached, "Store": cache},
        "none": {"One": group},
    }
    return stores[store]


def shards(**properties: Any) -> Json:
    given = {"CacheParameterGroupName": "default.valkey8", **properties}
    return {
        "Type": "AWS::ElastiCache::ReplicationGroup",
        "Properties": given,
        "UpdatePolicy": {"UseOnlineResharding": True},
    }


def subnet(zone: str, vpc: Any = "vpc-1", cidr: str = "10.0.0.0/24") -> Json:
    return {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": vpc, "CidrBlock": cidr, "AvailabilityZone": zone}}


def vpc_origin(port: int) -> Json:
    """Return a VPC origin as One, with the distribution that uses it."""
    config = {"Name": "web", "HTTPPort": port}
    distribution = {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": ref("One")}}
    origin = {"Type": "AWS::CloudFront::VpcOrigin", "Properties": {"VpcOriginEndpointConfig": config}}
    return {"One": origin, "Distribution": distribution}


def balanced(name: str, vpc: Any = "vpc-1", **more: Any) -> Json:
    """Return a load balancer with a security group in a VPC, and a listener as One that forwards to a target group."""
    elb = "AWS::ElasticLoadBalancingV2::"
    forward = [{"Type": "forward", "TargetGroupArn": ref("Targets")}]
    return {
        "Balancer": {"Type": f"{elb}LoadBalancer", "Properties": {"Name": name, "SecurityGroups": [ref("Group")]}},
        "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": vpc}},
        "Targets": {"Type": f"{elb}TargetGroup", "Properties": {"Port": 80, **more}},
        "One": {
            "Type": f"{elb}Listener",
            "Properties": {"LoadBalancerArn": ref("Balancer"), "DefaultActions": forward},
        },
    }


def ruled(name: str) -> Json:
    """Return the same with a listener that forwards nothing, and a rule as One that does."""
    made = balanced(name)
    actions = made["One"]["Properties"].pop("DefaultActions")
    properties = {"ListenerArn": ref("Listener"), "Actions": actions}
    rule = {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": properties}
    return {**made, "Listener": made["One"], "One": rule}


def moved(made: Json) -> Json:
    """Return the load balancer of a template as One."""
    return {**made, "One": made["Balancer"]}


def ipv6_subnet(assigns: bool, address_type: str, **ipv6: str) -> Json:
    """Return a subnet as One, and a load balancer in it."""
    properties = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "AssignIpv6AddressOnCreation": assigns, **ipv6}
    balancer = {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"IpAddressType": address_type, "Subnets": [ref("One")]},
    }
    return {"One": {"Type": "AWS::EC2::Subnet", "Properties": properties}, "Balancer": balancer}


def mount_target(subnet_id: str) -> Json:
    return {"One": {"Type": "AWS::EFS::MountTarget", "Properties": {"FileSystemId": "fs-1", "SubnetId": subnet_id}}}


def nat(subnet_id: str) -> Json:
    properties = {"SubnetId": subnet_id, "AllocationId": "eipalloc-1"}
    return {"One": {"Type": "AWS::EC2::NatGateway", "Properties": properties}}


def attached(vpc: str) -> Json:
    properties = {"VpcId": vpc, "InternetGatewayId": "igw-1"}
    return {"One": {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": properties}}


def parameters(family: str, **values: str) -> Json:
    properties = {"Family": family, "Description": "parameters", "Parameters": values}
    return {"One": {"Type": "AWS::RDS::DBParameterGroup", "Properties": properties}}


BLOCK = {"Ipv6CidrBlock": "2001:db8:1::/64"}

# What is refused: the check, and the resources before and after.
REFUSED: list[tuple[str, Json, Json]] = [
    ("smaller", {"One": database(AllocatedStorage="40")}, {"One": database(AllocatedStorage=20)}),
    ("earlier", {"One": mysql("8.4.8")}, {"One": mysql("8.0.43")}),
    ("earlier", {"One": mysql("8.4.8")}, {"One": mysql("8.4.3", **MAJOR)}),
    ("earlier", {"One": group("redis", "7.1")}, {"One": group("redis", "6.2")}),
    ("earlier", {"One": memcached("1.6.22")}, {"One": memcached("1.6.6")}),
    ("cluster mode in one step", {"One": shards()}, {"One": shards(ClusterMode="enabled", NumNodeGroups=2)}),
    (
        "cluster mode in one step",
        {"One": shards(ClusterMode="disabled")},
        {"One": shards(CacheParameterGroupName="default.valkey8.cluster.on", ClusterMode="enabled")},
    ),
    ("used by a distribution", vpc_origin(80), vpc_origin(8080)),
    ("the same addresses in a VPC that stays", {"One": subnet("us-east-1a")}, {"One": subnet("us-east-1b")}),
    (
        "changed",
        {"One": mysql("8.4")},
        {"One": mysql("8.4", EngineLifecycleSupport="open-source-rds-extended-support-disabled")},
    ),
    ("later major version, not allowed", {"One": mysql("8.0")}, {"One": mysql("8.4")}),
    ("major version skipped", {"One": mysql("5.7.44")}, {"One": mysql("8.4.8", **MAJOR)}),
    (
        "later, before its replicas",
        {"One": mysql("8.0"), "Two": REPLICA},
        {"One": mysql("8.4", **MAJOR), "Two": REPLICA},
    ),
    ("later, before its replicas", {"One": mysql("8.4.3"), "Two": REPLICA}, {"One": mysql("8.4.8")}),
    (
        "zero, with replicas",
        {"One": database(BackupRetentionPeriod=7), "Two": REPLICA},
        {"One": database(BackupRetentionPeriod=0)},
    ),
    (
        "limit below allocated storage",
        {"One": database(MaxAllocatedStorage=100)},
        {"One": database(MaxAllocatedStorage=100, AllocatedStorage="95")},
    ),
    *(
        ("another VPC", in_vpc(type_name, "vpc-1"), in_vpc(type_name, "vpc-2"))
        for type_name in ("AWS::RDS::DBSubnetGroup", "AWS::ElastiCache::SubnetGroup")
    ),
    *(
        ("a subnet in use removed", in_subnets(store, "a", "b", "c"), in_subnets(store, "a", "b"))
        for store in ("database", "cache")
    ),
    ("a subnet in use removed", in_subnets("database", "a", "b"), in_subnets("database", "a", "c")),
    ("Valkey to Redis OSS", {"One": group("valkey", "8.2")}, {"One": group("redis", "7.1")}),
    ("another VPC", moved(balanced("a")), moved(balanced("a", "vpc-2"))),
    ("forwards to a target group that stays", balanced("a"), balanced("b")),
    ("forwards to a target group that stays", ruled("a"), ruled("b")),
    ("IPv6 addresses in use", ipv6_subnet(True, "ipv4", **BLOCK), ipv6_subnet(False, "ipv4")),
    ("IPv6 addresses in use", ipv6_subnet(False, "dualstack", **BLOCK), ipv6_subnet(False, "ipv4")),
    (
        "a parameter of new databases",
        parameters("mysql8.4", max_connections="500"),
        parameters("mysql8.4", max_connections="500", lower_case_table_names="1"),
    ),
    ("the same address", nat("subnet-1"), nat("subnet-2")),
    ("the same internet gateway", attached("vpc-1"), attached("vpc-2")),
    ("the same file system", mount_target("subnet-1"), mount_target("subnet-2")),
]

# What looks like it and is taken.
TAKEN: list[tuple[Json, Json]] = [
    ({"One": database(AllocatedStorage="20")}, {"One": database(AllocatedStorage="40")}),
    # 8.4 is whatever 8.4.x the database has.
    ({"One": mysql("8.4.8")}, {"One": mysql("8.4")}),
    ({"One": mysql("8.4")}, {"One": mysql("8.4.8")}),
    ({"One": mysql("8.4"), "Two": REPLICA}, {"One": mysql("8.4.8"), "Two": REPLICA}),
    ({"One": mysql("8.4.8"), "Two": REPLICA}, {"One": mysql("8.4"), "Two": REPLICA}),
    ({"One": mysql("8.0.43")}, {"One": mysql("8.4.8", **MAJOR)}),
    ({"One": mysql("8.0")}, {"One": mysql("8.4", **MAJOR), "Two": REPLICA}),
    (
        {"One": database(Engine="postgres", EngineVersion="16.1")},
        {"One": database(Engine="postgres", EngineVersion="16.4")},
    ),
    ({"One": database(BackupRetentionPeriod=7)}, {"One": database(BackupRetentionPeriod=0)}),
    ({"One": shards()}, {"One": shards(ClusterMode="compatible")}),
    ({"One": shards(ClusterMode="compatible")}, {"One": shards(ClusterMode="enabled")}),
    ({"One": shards(NumNodeGroups=2)}, {"One": shards(NumNodeGroups=2, ClusterMode="enabled")}),
    ({"One": database(MaxAllocatedStorage=100)}, {"One": database(MaxAllocatedStorage=100, AllocatedStorage="90")}),
    ({"One": group("redis", "7.1")}, {"One": group("valkey", "8.2")}),
    (in_subnets("database", "a", "b"), in_subnets("database", "a", "b", "c")),
    (in_subnets("database", "a", "b"), in_subnets("database", "b", "a")),
    (in_subnets("none", "a", "b"), in_subnets("none", "a")),
    ({"One": group("redis", "7.1")}, {"One": group("valkey", "7.0")}),
    (ipv6_subnet(False, "ipv4", **BLOCK), ipv6_subnet(False, "ipv4")),
    (parameters("mysql8.4", max_connections="500"), parameters("mysql8.4", max_connections="600")),
    (in_vpc("AWS::RDS::DBSubnetGroup", "vpc-1"), {**in_vpc("AWS::RDS::DBSubnetGroup", "vpc-1"), "Two": REPLICA}),
]
