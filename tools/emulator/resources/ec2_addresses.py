"""Elastic IP addresses, NAT gateways, IPv6 blocks and the way out for IPv6."""

from ministack.services import cloudformation, ec2  # type: ignore[import-not-found]

from tools.emulator.api import Api
from tools.emulator.ipv6 import IPV6_BLOCKS, MORE_BLOCKS, vpc_attributes
from tools.emulator.resource_types import EVERYTHING, Json, ResourceType, picked


def tag_specifications(kind: str, props: Json) -> list[Json] | None:
    """Return tags as EC2's create operations take them."""
    return [{"ResourceType": kind, "Tags": props["Tags"]}] if props.get("Tags") else None


def _retag(resource_id: str, old: Json, new: Json, api: Api) -> None:
    if old.get("Tags"):
        api("delete_tags", Resources=[resource_id], Tags=old["Tags"])
    if new.get("Tags"):
        api("create_tags", Resources=[resource_id], Tags=new["Tags"])


def _allocate(api: Api, props: Json, _name: str) -> str:
    tags = tag_specifications("elastic-ip", props)
    public_ip: str = api("allocate_address", Domain="vpc", TagSpecifications=tags)["PublicIp"]
    return public_ip


def _allocation(api: Api, public_ip: str) -> str:
    allocation_id: str = api("describe_addresses", PublicIps=[public_ip])["Addresses"][0]["AllocationId"]
    return allocation_id


def _create_nat_gateway(api: Api, props: Json, _name: str) -> str:
    if props.get("AvailabilityMode") == "regional":
        # ministack knows gateways in a subnet only; a Regional one is kept in the VPC's first subnet.
        subnets = api("describe_subnets", Filters=[{"Name": "vpc-id", "Values": [props["VpcId"]]}])["Subnets"]
        props = {"SubnetId": subnets[0]["SubnetId"], "Tags": props.get("Tags")}
    known = picked(props, "SubnetId", "AllocationId", "ConnectivityType")
    made = api("create_nat_gateway", **known, TagSpecifications=tag_specifications("natgateway", props))
    nat_gateway_id: str = made["NatGateway"]["NatGatewayId"]
    return nat_gateway_id


def _associate_block(_api: Api, props: Json, _name: str) -> str:
    vpc = ec2._vpcs[props["VpcId"]]
    association = f"vpc-cidr-assoc-{ec2.new_uuid().replace('-', '')[:17]}"
    if "CidrBlock" in props:
        vpc.setdefault(MORE_BLOCKS, {})[association] = props["CidrBlock"]
    else:
        # A block that follows from the VPC's id, within the documentation prefix.
        block = props.get("Ipv6CidrBlock") or f"2001:db8:{props['VpcId'][-6:-2]}:{props['VpcId'][-2:]}00::/56"
        vpc.setdefault(IPV6_BLOCKS, {})[association] = block
    _tell_stacks(props["VpcId"])
    return association


def _disassociate_block(_api: Api, association: str, props: Json) -> None:
    vpc = ec2._vpcs.get(props["VpcId"])
    if not vpc:
        return
    for blocks in (MORE_BLOCKS, IPV6_BLOCKS):
        vpc.get(blocks, {}).pop(association, None)
    _tell_stacks(props["VpcId"])


def _tell_stacks(vpc_id: str) -> None:
    """Let GetAtt see the VPC's blocks as they are now: a template that does not wait for them gets none."""
    for stack in cloudformation._stacks.values():
        for record in stack.get("_resources", {}).values():
            if record.get("PhysicalResourceId") == vpc_id:
                record["Attributes"] = {**record.get("Attributes", {}), **vpc_attributes(vpc_id, {})}


def _create_egress_gateway(api: Api, props: Json, _name: str) -> str:
    made = api(
        "create_egress_only_internet_gateway",
        VpcId=props["VpcId"],
        TagSpecifications=tag_specifications("egress-only-internet-gateway", props),
    )
    gateway_id: str = made["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    return gateway_id


TYPES = {
    "AWS::EC2::EIP": ResourceType(
        "ec2",
        _allocate,
        lambda api, public_ip, _: api("release_address", AllocationId=_allocation(api, public_ip)),
        lambda api, public_ip, old, new: _retag(_allocation(api, public_ip), old, new, api),
        lambda api, public_ip, _: {"AllocationId": _allocation(api, public_ip), "PublicIp": public_ip},
        ("Address", "Domain", "NetworkBorderGroup", "TransferAddress"),
    ),
    "AWS::EC2::NatGateway": ResourceType(
        "ec2",
        _create_nat_gateway,
        lambda api, nat_gateway_id, _: api("delete_nat_gateway", NatGatewayId=nat_gateway_id),
        lambda api, nat_gateway_id, old, new: _retag(nat_gateway_id, old, new, api),
        lambda _, nat_gateway_id, __: {"NatGatewayId": nat_gateway_id},
        ("SubnetId", "VpcId", "AllocationId", "ConnectivityType", "PrivateIpAddress", "AvailabilityMode"),
    ),
    "AWS::EC2::VPCCidrBlock": ResourceType(
        "ec2",
        _associate_block,
        _disassociate_block,
        attributes=lambda _, association, __: {"Id": association},
        replacing=EVERYTHING,
    ),
    "AWS::EC2::EgressOnlyInternetGateway": ResourceType(
        "ec2",
        _create_egress_gateway,
        lambda api, gateway_id, _: api("delete_egress_only_internet_gateway", EgressOnlyInternetGatewayId=gateway_id),
        lambda api, gateway_id, old, new: _retag(gateway_id, old, new, api),
        lambda _, gateway_id, __: {"Id": gateway_id},
        ("VpcId",),
    ),
}
