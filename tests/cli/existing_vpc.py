"""An existing VPC in moto, for `check`."""

from typing import Any

from tests.cli.checking_harness import ZONES, Harness


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
