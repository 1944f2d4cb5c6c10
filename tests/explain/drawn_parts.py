"""What a picture of a template has to show: the template's tiers and subnets, each once, and nothing else."""

from collections import Counter
from typing import Any

from cli.analysis.availability import resources as availability
from cli.analysis.picture.shapes import Picture

# What a picture shows, by type; servers and databases have further parts.
COUNTED = {
    "AWS::CloudFront::Distribution",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::RDS::DBInstance",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::CacheCluster",
    "AWS::EFS::FileSystem",
}


def judge_parts(template: dict[str, Any], made: Picture) -> None:
    """Assert that the picture of an expanded template has its tiers and subnets, and nothing else."""
    # With those of the stacks in other Regions.
    resources = {name: each.type for name, each in availability.read(template, "us-east-1", {}).held.items()}
    backups = {
        f"{name}Backups"
        for name, body in template["Resources"].items()
        if body["Properties"].get("AutomaticBackupReplicationRegion")
    }
    parts = [part.id for part in made.every_part()]
    assert Counter(parts).most_common(1)[0][1] == 1
    of_type = {name for name, kind in resources.items() if kind in COUNTED}
    groups = {name for name, kind in resources.items() if kind == "AWS::AutoScaling::AutoScalingGroup"}
    standbys = {
        f"{name}Standby"
        for name, body in template["Resources"].items()
        if body["Type"] == "AWS::RDS::DBInstance" and body["Properties"].get("MultiAZ") in (True, "true")
    }
    stores = {part for part in parts if part in resources} - of_type - groups
    assert {resources[name] for name in stores} <= {"AWS::S3::Bucket", "AWS::ApiGateway::RestApi"}
    servers = {part for part in parts if any(part.startswith(group) for group in groups)}
    names = {part for part in parts if part.startswith("Name")}
    assert set(parts) == {"Visitors"} | of_type | standbys | backups | stores | servers | names
    areas = {area.id for region in made.regions for area in region.every_area()} & set(resources)
    networks = {name for name, kind in resources.items() if kind in ("AWS::EC2::Subnet", "AWS::EC2::VPC")}
    assert areas == networks
