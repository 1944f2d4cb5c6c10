"""`check`: a VPC that exists, and the subnets that the site is to use there."""

from typing import Any

from tests.cli.checking_harness import ZONES, Harness, reported, template


class Vpc:
    """A VPC that exists: a public and a private subnet in each of three zones; the private ones have a NAT gateway."""

    def __init__(self, harness: Harness) -> None:
        ec2 = harness.aws("ec2")
        self.id = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
        self.gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.id)
        self.public = [self._subnet(harness, number, ZONES[number]) for number in range(3)]
        self.private = [self._subnet(harness, number + 3, ZONES[number]) for number in range(3)]
        table = ec2.create_route_table(VpcId=self.id)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=self.gateway)
        for subnet in self.public:
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
            ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = ec2.create_nat_gateway(SubnetId=self.public[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
        self.private_table = ec2.create_route_table(VpcId=self.id)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=self.private_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
        for subnet in self.private:
            ec2.associate_route_table(RouteTableId=self.private_table, SubnetId=subnet)
        ec2.modify_vpc_attribute(VpcId=self.id, EnableDnsHostnames={"Value": True})

    def _subnet(self, harness: Harness, number: int, zone: str, cidr: str | None = None) -> str:
        block = cidr or f"10.8.{number}.0/24"
        made = harness.aws("ec2").create_subnet(VpcId=self.id, CidrBlock=block, AvailabilityZone=zone)
        return str(made["Subnet"]["SubnetId"])

    def network(self, **changes: Any) -> dict[str, Any]:
        own = {"VpcId": self.id, "PublicSubnetIds": self.public, "DatabaseSubnetIds": self.private}
        return {"Network": {**own, **changes}}


def test_vpc_that_exists(harness: Harness) -> None:
    report = harness.of_site(Vpc(harness).network())
    assert (report.findings, report.not_checked) == ((), ())


def test_two_web_subnets_in_one_zone_are_an_error_with_shared_files_only(harness: Harness) -> None:
    vpc = Vpc(harness)
    site = vpc.network(WebSubnetIds=[vpc.private[0], vpc.public[0], vpc.private[1]])
    assert reported(harness.of_site(site))["Network.WebSubnetIds"].startswith("warning: several subnets")
    found = reported(harness.of_site({**site, "Files": True}))["Network.WebSubnetIds"]
    assert found.startswith("error: several subnets")
    assert "Files has one mount target per zone" in found


def test_vpc_and_subnets_that_are_not_there(harness: Harness) -> None:
    vpc = Vpc(harness)
    assert "Network.VpcId" in reported(harness.of_site(vpc.network(VpcId="vpc-01234567")))
    default = harness.aws("ec2").describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][
        0
    ]
    changed = [vpc.private[0], "subnet-01234567", default["SubnetId"]]
    found = reported(harness.of_site(vpc.network(WebSubnetIds=changed)))
    assert list(found) == ["Network.WebSubnetIds[1]", "Network.WebSubnetIds[2]"]
    assert found["Network.WebSubnetIds[1]"].startswith("error: us-east-1 has no subnet subnet-01234567")
    assert f"is in {default['VpcId']}, not in {vpc.id}" in found["Network.WebSubnetIds[2]"]


def test_zones_of_subnets_that_are_not_there_are_not_guessed(harness: Harness) -> None:
    """The error is the subnet. That a class is in none of the zones, or in too few, would only be a consequence."""
    vpc = Vpc(harness)
    for subnets in (["subnet-01234567", "subnet-01234568"], [vpc.private[0], "subnet-01234567"]):
        report = harness.of_site(vpc.network(DatabaseSubnetIds=subnets, WebSubnetIds=subnets))
        assert all(".Network." in each.path for each in report.findings), report.findings
        unchecked = {each.path.rpartition(".")[2]: each.why for each in report.not_checked}
        assert unchecked["DBInstanceClass"] == unchecked["InstanceType"] == "a subnet does not exist"


def test_subnets_without_a_zone_of_their_own(harness: Harness) -> None:
    vpc = Vpc(harness)
    doubled = [vpc.public[0], vpc.private[0]]
    found = reported(harness.of_site(vpc.network(DatabaseSubnetIds=doubled)))
    assert found["Network.DatabaseSubnetIds"].startswith("error: all subnets are in us-east-1a")
    report = harness.of_site(vpc.network(WebSubnetIds=[*vpc.private, vpc.public[0]]))
    assert reported(report)["Network.WebSubnetIds"].startswith("warning: several subnets are in us-east-1a")
    assert report.ok
    public = harness.of_site(vpc.network(PublicSubnetIds=[*vpc.public, vpc.private[0]]))
    assert "a load balancer takes one per zone" in reported(public)["Network.PublicSubnetIds"]


def test_public_subnets_that_are_not_public_or_full_or_without_ipv6(harness: Harness) -> None:
    vpc = Vpc(harness)
    found = reported(harness.of_site(vpc.network(PublicSubnetIds=vpc.private, DatabaseSubnetIds=vpc.public)))
    assert list(found) == [f"Network.PublicSubnetIds[{number}]" for number in range(3)]
    assert "has no route to an internet gateway" in found["Network.PublicSubnetIds[0]"]
    found = reported(harness.of_site(vpc.network(Ipv6=True)))
    assert list(found) == [f"Network.PublicSubnetIds[{number}]" for number in range(3)]
    assert "has no IPv6 block" in found["Network.PublicSubnetIds[0]"]
    full = vpc._subnet(harness, 0, ZONES[3], "10.8.9.0/28")
    ec2 = harness.aws("ec2")
    for _ in range(5):
        ec2.create_network_interface(SubnetId=full)
    found = reported(harness.of_site(vpc.network(PublicSubnetIds=[*vpc.public, full])))
    assert "addresses left; a load balancer needs 8" in found["Network.PublicSubnetIds[3]"]


def test_subnets_from_parameters_without_a_value_are_not_checked(harness: Harness) -> None:
    network = Vpc(harness).network(WebSubnetIds=[{"Ref": "One"}, {"Ref": "Two"}])
    made = template(network, Parameters={name: {"Type": "String"} for name in ("One", "Two")})
    unchecked = {
        each.path.removeprefix("Resources.Site.Properties.Network.") for each in harness.report(made).not_checked
    }
    assert {"WebSubnetIds[0]", "WebSubnetIds[1]"} <= unchecked
