"""Pairs of neighbouring configurations of a site: every tier on and off, one more of something, one size larger."""

from typing import Any

from tests.expansion.one_site import DOMAIN

Json = dict[str, Any]

LARGE = {"MinSize": 4, "MaxSize": 8}

CRAWL: Json = {**DOMAIN, "Fallback": {"Source": {"Crawl": {"Paths": ["/"]}}}}
SAVED_BUCKET = "static-site-of-a-neighbour"
BUCKET_PREFIX: Json = {
    **DOMAIN,
    "Fallback": {"Source": {"BucketPrefix": {"Bucket": SAVED_BUCKET, "Prefix": "site/"}}},
}
PRIVATE: Json = {"Network": {"WebSubnets": "Private"}}
INTERNAL: Json = {**PRIVATE, "LoadBalancer": {"Scheme": "internal"}}
LOGS_OFF: Json = {
    "Network": {"FlowLogs": "None"},
    "LoadBalancer": {"AccessLogs": False},
    "Delivery": {"AccessLogs": False},
}

EXTENDED_SUPPORT = {"EngineLifecycleSupport": "open-source-rds-extended-support"}
NO_STORES: Json = {"Database": False}
EXISTING_VPC: Json = {
    "VpcId": "vpc-0123456789abcdef0",
    "PublicSubnetIds": [f"subnet-0123456789abcdef{number}" for number in range(3)],
}

PAIRS: dict[str, tuple[Json, Json]] = {
    "database": ({}, {"Database": False}),
    "cache": ({}, {"Cache": True}),
    "files": ({}, {"Files": True}),
    "files' throughput": ({"Files": True}, {"Files": {"ThroughputMode": "bursting"}}),
    "files' key": ({"Files": True}, {"Files": {"KmsKeyId": "alias/website"}}),
    "two and three zones": (
        {"WebServers": LARGE, "Cache": True, "Network": {"AvailabilityZones": 2}},
        {"WebServers": LARGE, "Cache": True, "Network": {"AvailabilityZones": 3}},
    ),
    "three and four zones": (
        {"WebServers": LARGE, "Network": {"AvailabilityZones": 3}},
        {"WebServers": LARGE, "Network": {"AvailabilityZones": 4}},
    ),
    "a replica": ({}, {"Database": {"ReadReplicas": 1}}),
    "a second replica": ({"Database": {"ReadReplicas": 1}}, {"Database": {"ReadReplicas": 2}}),
    "cache's engine": ({"Cache": {"Engine": "valkey"}}, {"Cache": {"Engine": "redis"}}),
    "cache's kind": ({"Cache": {"Engine": "valkey"}}, {"Cache": {"Engine": "memcached"}}),
    "cache's replica": ({"Cache": True}, {"Cache": {"Replicas": 2}}),
    "cache's token": ({"Cache": True}, {"Cache": {"Authentication": False}}),
    "cache's shards": ({"Cache": {"NumNodeGroups": 3}}, {"Cache": {"NumNodeGroups": 4}}),
    "Memcached's nodes": (
        {"Cache": {"Engine": "memcached", "NumCacheNodes": 2}},
        {"Cache": {"Engine": "memcached", "NumCacheNodes": 3}},
    ),
    "front door": ({**DOMAIN, "FrontDoor": "CloudFront"}, {**DOMAIN, "FrontDoor": "LoadBalancer"}),
    "front door, open both ways": (
        {**DOMAIN, "FrontDoor": "LoadBalancer"},
        {**DOMAIN, "FrontDoor": "CloudFront", "LoadBalancer": {"DirectAccess": True}},
    ),
    "direct access": (DOMAIN, {**DOMAIN, "LoadBalancer": {"DirectAccess": True}}),
    "domain": ({}, DOMAIN),
    "domain of an internal load balancer": (INTERNAL, {**INTERNAL, **DOMAIN}),
    "tags of an internal load balancer": (INTERNAL, {**INTERNAL, "Tags": [{"Key": "team", "Value": "web"}]}),
    "another name": (DOMAIN, {**DOMAIN, "AlternateDomainNames": ["shop.example.com"]}),
    "server's size": ({}, {"WebServers": {"InstanceType": "t4g.large"}}),
    "database's class": ({}, {"Database": {"DBInstanceClass": "db.t4g.medium"}}),
    "database's storage": ({}, {"Database": {"AllocatedStorage": 40}}),
    "database's standby": ({}, {"Database": {"MultiAZ": False}}),
    "database's version": (
        {"Database": {"EngineVersion": "8.0", **EXTENDED_SUPPORT}},
        {"Database": {"EngineVersion": "8.4", **EXTENDED_SUPPORT}},
    ),
    "database's support": ({}, {"Database": EXTENDED_SUPPORT}),
    "database's name": ({}, {"Database": {"DatabaseName": "shop"}}),
    "snapshot": ({}, {"Database": {"DBSnapshotIdentifier": "last-night"}}),
    "backup plan": ({}, {"Database": {"BackupPlan": {"DeleteAfterDays": 35}}}),
    "private servers": ({}, PRIVATE),
    "load balancer's scheme": (PRIVATE, INTERNAL),
    "load balancer's name": (PRIVATE, {**PRIVATE, "Overrides": {"LoadBalancer": {"Name": "shop"}}}),
    "addresses without stores": (NO_STORES, {**NO_STORES, "Network": {"CidrBlock": "10.2.0.0/16"}}),
    "private servers without NAT": ({}, {"Network": {"WebSubnets": "Private", "NatGateways": "None"}}),
    "NAT": (PRIVATE, {"Network": {"WebSubnets": "Private", "NatGateways": "None"}}),
    "addresses": ({}, {"Network": {"CidrBlock": "10.8.0.0/16"}}),
    "IPv6": ({}, {"Network": {"Ipv6": False}}),
    "flow logs": ({}, {"Network": {"FlowLogs": "None"}}),
    "logs": ({}, LOGS_OFF),
    "saved pages": (DOMAIN, CRAWL),
    "what is saved": (CRAWL, BUCKET_PREFIX),
    "fallback's Region": ({}, {"Fallback": {"Region": "us-west-2"}}),
    "fallback's Region with a domain": (DOMAIN, {**DOMAIN, "Fallback": {"Region": "us-west-2"}}),
    "firewall": ({}, {"Security": {"WebACL": "ManagedRules"}}),
    "drills": ({}, {"Drills": True}),
    "alarms' address": ({}, {"Monitoring": {"AlarmEmail": "oncall@example.com"}}),
    "dashboard": ({}, {"Monitoring": {"Dashboard": False}}),
    "server's port": ({}, {"WebServers": {"Port": 8080}}),
    "what is left": ({}, {"Teardown": {"Database": "Delete", "Assets": "Delete", "Logs": "Delete"}}),
}

# Those with VPCs that are nowhere: nothing can be deployed into them.
ON_PAPER: dict[str, tuple[Json, Json]] = {
    "a VPC that exists without stores": (NO_STORES, {**NO_STORES, "Network": EXISTING_VPC}),
    "another VPC that exists without stores": (
        {**NO_STORES, "Network": EXISTING_VPC},
        {**NO_STORES, "Network": {**EXISTING_VPC, "VpcId": "vpc-0123456789abcdef1"}},
    ),
}

# Both ways, as changes are.
BOTH_WAYS: dict[str, tuple[Json, Json]] = {
    **{f"{name}, there": pair for name, pair in {**PAIRS, **ON_PAPER}.items()},
    **{f"{name}, and back": (new, old) for name, (old, new) in {**PAIRS, **ON_PAPER}.items()},
}

# What is not safe, and what becomes of it: effect and data. All other pairs are safe for every store.
NOT_SAFE = {
    "database, there": {"SiteDatabase": "DELETED SNAPSHOT"},
    "cache, and back": {"SiteCacheReplicationGroup": "DELETED SNAPSHOT"},
    "files' key, there": {"SiteFileSystem": "REPLACED RETAINED"},
    "files' key, and back": {"SiteFileSystem": "REPLACED RETAINED"},
    "cache's kind, there": {"SiteCacheReplicationGroup": "DELETED SNAPSHOT"},
    "cache's kind, and back": {"SiteCacheCluster": "DELETED DELETED"},
    "cache's engine, there": {"SiteCacheReplicationGroup": "REFUSED KEPT"},
    "Memcached's nodes, there": {"SiteCacheCluster": "MAY_BE_REPLACED DELETED"},
    "Memcached's nodes, and back": {"SiteCacheCluster": "MAY_BE_REPLACED DELETED"},
    "cache's token, there": {"SiteCacheReplicationGroup": "MAY_BE_REPLACED SNAPSHOT"},
    "cache's token, and back": {"SiteCacheReplicationGroup": "MAY_BE_REPLACED SNAPSHOT"},
    "database's storage, and back": {"SiteDatabase": "REFUSED KEPT"},
    "database's version, and back": {"SiteDatabase": "REFUSED KEPT"},
    "database's support, there": {"SiteDatabase": "REFUSED KEPT"},
    "database's support, and back": {"SiteDatabase": "REFUSED KEPT"},
    "database's name, there": {"SiteDatabase": "REPLACED SNAPSHOT"},
    "database's name, and back": {"SiteDatabase": "REPLACED SNAPSHOT"},
    "snapshot, there": {"SiteDatabase": "REPLACED SNAPSHOT"},
    "snapshot, and back": {"SiteDatabase": "REPLACED SNAPSHOT"},
}

# Stores that leave a site and are safe: what is in them is published elsewhere first.
PUBLISHED_AGAIN = {
    "fallback's Region, there": {"SiteFallbackBucket"},
    "fallback's Region with a domain, there": {"SiteFallbackBucket"},
}
