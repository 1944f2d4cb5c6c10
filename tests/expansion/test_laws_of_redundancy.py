"""Laws of redundancy: no site has a single point of failure, and zones do not depend on one another."""

import json
from typing import Any

import pytest
from hypothesis import given

from tests.expansion.expanded import expand, of_type, own_vpc, zones
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples


def zone_of(resources: dict[str, Any], subnet: Any) -> Any:
    """Return the zone of a subnet; of one in an existing VPC, its id."""
    return resources[subnet["Ref"]]["Properties"]["AvailabilityZone"] if isinstance(subnet, dict) else subnet


@given(SITES)
def test_no_single_point_of_failure(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    count = zones(properties)
    for name, group in of_type(resources, "AWS::AutoScaling::AutoScalingGroup"):
        assert len(group["VPCZoneIdentifier"]) == count
        # A canary's servers are besides: test_laws_of_canaries.py.
        assert int(group["MinSize"]) >= (1 if name == "SiteCanaryGroup" else count)
        assert int(group["MaxSize"]) > int(group["MinSize"])
        assert group["HealthCheckType"] == "ELB"
    for _, balancer in of_type(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer"):
        assert len(balancer["Subnets"]) == count
    for name, database in of_type(resources, "AWS::RDS::DBInstance"):
        assert database.get("MultiAZ", "replica") == (True if "Replica" not in name else "replica")
    for _, cache in of_type(resources, "AWS::ElastiCache::ReplicationGroup"):
        assert cache["AutomaticFailoverEnabled"] is cache["MultiAZEnabled"] is True
        assert cache.get("NumCacheClusters", 0) >= 2 or cache["ReplicasPerNodeGroup"] >= 1
    for _, cache in of_type(resources, "AWS::ElastiCache::CacheCluster"):
        assert cache["NumCacheNodes"] >= 2
        assert cache["AZMode"] == "cross-az"
    targets = [target["SubnetId"] for _, target in of_type(resources, "AWS::EFS::MountTarget")]
    if targets:
        for _, group in of_type(resources, "AWS::AutoScaling::AutoScalingGroup"):
            servers = group["VPCZoneIdentifier"]
            assert [zone_of(resources, target) for target in targets] == [zone_of(resources, each) for each in servers]
    places = [json.dumps(subnet["AvailabilityZone"]) for _, subnet in of_type(resources, "AWS::EC2::Subnet")]
    assert len(set(places)) == (count if own_vpc(properties) else 0)


@pytest.mark.parametrize("fewer", [2, 3])
@given(properties=SITES)
@examples(30)
def test_a_zone_more_moves_nothing(fewer: int, properties: dict[str, Any]) -> None:
    web = {"MinSize": 4, "MaxSize": 30}
    few, more = (
        expand({**properties, "WebServers": web, "Network": {"AvailabilityZones": count}})
        for count in (fewer, fewer + 1)
    )
    for name, body in few.items():
        if body["Type"] in ("AWS::EC2::Subnet", "AWS::EC2::VPC"):
            assert more[name] == body
    assert set(few) < set(more)


@given(SITES)
@examples(50)
def test_no_zone_depends_on_another_zones_nat_gateway(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    gateways = dict(of_type(resources, "AWS::EC2::NatGateway"))
    for name, route in of_type(resources, "AWS::EC2::Route"):
        if "NatGatewayId" in route:
            gateway_subnet = resources[gateways[route["NatGatewayId"]["Ref"]]["SubnetId"]["Ref"]]["Properties"]
            (served,) = [
                resources[association["SubnetId"]["Ref"]]["Properties"]
                for _, association in of_type(resources, "AWS::EC2::SubnetRouteTableAssociation")
                if association["RouteTableId"] == route["RouteTableId"]
            ]
            assert gateway_subnet["AvailabilityZone"] == served["AvailabilityZone"], name
