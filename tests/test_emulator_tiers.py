"""What a web architecture's tiers expect of CloudFormation, and get on the emulator: every attribute has a value."""

from pathlib import Path

import pytest

from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Stacks, body

ACCOUNT = "200000000030"
FOLDER = Path(__file__).parent / "emulated_tiers"

# name -> (the files with its resources, the attributes that have to have a value)
TIERS: dict[str, tuple[tuple[str, ...], str]] = {
    "network": (
        ("network", "ipv6"),
        "Vpc.CidrBlock Vpc.DefaultSecurityGroup Vpc.DefaultNetworkAcl S0.AvailabilityZone S0.VpcId Group.GroupId "
        "Six6.Value",
    ),
    "load balancer": (
        ("network", "load-balancer"),
        "Balancer.DNSName Balancer.CanonicalHostedZoneID Balancer.LoadBalancerFullName Targets.TargetGroupFullName "
        "Acl.Arn",
    ),
    "servers": (
        ("network", "role", "servers"),
        "Role.Arn Role.RoleId Profile.Arn Template.LatestVersionNumber Template.DefaultVersionNumber "
        "Servers.AutoScalingGroupARN Policy.Arn",
    ),
    "database": (
        ("network", "database"),
        "Database.Endpoint.Address Database.Endpoint.Port Database.DBInstanceArn Database.DbiResourceId "
        "Database.Endpoint.HostedZoneId Replica.Endpoint.Address Replica.Endpoint.Port "
        "Managed.MasterUserSecret.SecretArn",
    ),
    "cache": (
        ("network", "cache"),
        "Valkey.PrimaryEndPoint.Address Valkey.PrimaryEndPoint.Port Valkey.ReaderEndPoint.Address "
        "Valkey.ReaderEndPoint.Port Sharded.ConfigurationEndPoint.Address Memcached.ConfigurationEndpoint.Address "
        "Memcached.ConfigurationEndpoint.Port",
    ),
    "names": (("network", "names"), "Zone.Id Private.Id Servers.Value"),
    "delivery": (
        ("delivery",),
        "Bucket.Arn Bucket.DomainName Bucket.RegionalDomainName Bucket.DualStackDomainName Bucket.WebsiteURL "
        "Distribution.DomainName Distribution.Id Function.FunctionARN Cache.Id Request.Id Headers.Id Access.Id",
    ),
    "api": (("api",), "Api.RootResourceId Name.RegionalDomainName Name.RegionalHostedZoneId Name.DomainNameArn"),
    "monitoring": (
        ("role", "monitoring"),
        "Topic.TopicArn Topic.TopicName Plain.Arn Rate.Arn Both.Arn Rule.Arn Log.Arn Key.Arn Parameter.Value "
        "Function.Arn",
    ),
}


def resources(*files: str) -> str:
    """Return what files have below `Resources:`, one after the other."""
    texts = ((FOLDER / f"{file}.yaml").read_text(encoding="utf-8") for file in files)
    return "".join(text.partition("Resources:")[2] for text in texts)


@pytest.fixture(scope="module")
def stacks(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT)


@pytest.mark.parametrize("tier", TIERS)
def test_tier_has_its_attributes(stacks: Stacks, tier: str) -> None:
    files, attributes = TIERS[tier]
    outputs = "".join(f"  {name.replace('.', '')}: {{Value: !GetAtt {name}}}\n" for name in attributes.split())
    name = "tier-" + tier.replace(" ", "-")
    stack = stacks.create(name, body(resources(*files), outputs))
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack["Reasons"]
    assert [output for output, value in stack["Values"].items() if not value] == []
    if tier == "database":
        assert stack["Values"]["ReplicaEndpointPort"] == "3306"
        replica = stacks.session.client("rds").describe_db_instances(DBInstanceIdentifier=stack["Ids"]["Replica"])
        assert replica["DBInstances"][0]["ReadReplicaSourceDBInstanceIdentifier"] == stack["Ids"]["Database"]
    if tier == "network":
        described = stacks.session.client("ec2").describe_subnets(SubnetIds=[stack["Ids"]["Six"]])["Subnets"][0]
        blocks = [entry["Ipv6CidrBlock"] for entry in described["Ipv6CidrBlockAssociationSet"]]
        assert (blocks, described["AssignIpv6AddressOnCreation"]) == ([stack["Values"]["Six6Value"]], True)
    assert stacks.delete(name)["StackStatus"] == "DELETE_COMPLETE"


def test_ipv6_blocks_are_there_only_once_they_are_made(stacks: Stacks) -> None:
    six = "{Value: !Select [0, !GetAtt Vpc.Ipv6CidrBlocks]}"
    stack = stacks.create("unblocked", body(resources("network"), f"  Block: {six}\n"))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("Fn::Select" in reason for reason in stack["Reasons"])
