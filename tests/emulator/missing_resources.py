"""The resource types that ministack's CloudFormation lacks, kept in its services' own state where those have one.

A table: type -> how it is made, which properties replace it, and where it is kept, so that the service's own API shows
it. Source of the replacing properties: each type's "Update requires: Replacement".
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.services import ec2, route53  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

Json = dict[str, Any]


@dataclass(frozen=True)
class ResourceType:
    """How one type behaves: `make` returns attributes for an id and properties; `keep` and `drop` touch a service."""

    prefix: str
    replacing: tuple[str, ...] = ()
    attributes: Callable[[str, Json], Json] = lambda _id, _props: {}
    keep: Callable[[str, Json], None] = lambda _id, _props: None
    drop: Callable[[str, Json], None] = lambda _id, _props: None

    def handlers(self) -> dict[str, Any]:
        """Return the type as ministack's CloudFormation takes it."""

        def create(_logical_id: str, props: Json, _stack: str) -> tuple[str, Json]:
            physical_id = self.prefix + secrets.token_hex(9)[:17]
            self.keep(physical_id, props)
            return physical_id, self.attributes(physical_id, props)

        def update(physical_id: str, old: Json, new: Json, _stack: str) -> tuple[str, Json]:
            self.drop(physical_id, old)
            self.keep(physical_id, new)
            return physical_id, self.attributes(physical_id, new)

        return {"create": create, "update": update, "delete": self.drop}


def _keep_health_check(physical_id: str, props: Json) -> None:
    config = dict(props["HealthCheckConfig"])
    for number in ("Port", "RequestInterval", "FailureThreshold"):
        if number in config:
            config[number] = int(config[number])
    record = {"id": physical_id, "caller_reference": physical_id, "config": config, "version": 1}
    route53._health_checks[physical_id] = record


def _rules(props: Json, direction: str) -> tuple[list[Json], list[Json]]:
    """Return the store that a rule of a security group stands in, and the rule as it is kept there."""
    group = ec2._security_groups.get(props["GroupId"])
    store = group.setdefault(direction, []) if group else []
    return store, provisioners._ec2_sg_permissions([props])


def _keep_rule(direction: str) -> Callable[[str, Json], None]:
    def keep(_id: str, props: Json) -> None:
        store, permissions = _rules(props, direction)
        store.extend(permissions)

    return keep


def _drop_rule(direction: str) -> Callable[[str, Json], None]:
    def drop(_id: str, props: Json) -> None:
        store, permissions = _rules(props, direction)
        store[:] = [known for known in store if known not in permissions]

    return drop


def _keep_address(physical_id: str, _props: Json) -> None:
    ec2._addresses[physical_id] = {
        "AllocationId": physical_id,
        "PublicIp": _public_ip(physical_id),
        "Domain": "vpc",
        "AssociationId": None,
        "InstanceId": None,
        "NetworkInterfaceId": None,
        "PrivateIpAddress": None,
    }


def _public_ip(physical_id: str) -> str:
    return "203.0.113." + str(int(physical_id[-2:], 16))


def _keep_nat_gateway(physical_id: str, props: Json) -> None:
    subnet = ec2._subnets.get(props.get("SubnetId", ""), {})
    ec2._nat_gateways[physical_id] = {
        "NatGatewayId": physical_id,
        "SubnetId": props.get("SubnetId"),
        "VpcId": subnet.get("VpcId"),
        "AllocationId": props.get("AllocationId"),
        "ConnectivityType": "public",
        "State": "available",
        "CreateTime": "2026-01-01T00:00:00Z",
        "Tags": [],
    }


def _ipv6_blocks(vpc_id: str) -> list[str]:
    """Return the IPv6 block of a VPC: one that follows from its id, within the documentation prefix."""
    return [f"2001:db8:{vpc_id[-4:]}::/56"]


_RULE_REPLACING = (
    "GroupId",
    "IpProtocol",
    "FromPort",
    "ToPort",
    "CidrIp",
    "CidrIpv6",
    "SourceSecurityGroupId",
    "DestinationSecurityGroupId",
    "SourcePrefixListId",
    "DestinationPrefixListId",
)

TYPES = {
    "AWS::Route53::HealthCheck": ResourceType(
        "",
        attributes=lambda physical_id, _: {"HealthCheckId": physical_id},
        keep=_keep_health_check,
        drop=lambda physical_id, _: route53._health_checks.pop(physical_id, None),
    ),
    "AWS::EC2::SecurityGroupIngress": ResourceType(
        "sgr-", _RULE_REPLACING, keep=_keep_rule("IpPermissions"), drop=_drop_rule("IpPermissions")
    ),
    "AWS::EC2::SecurityGroupEgress": ResourceType(
        "sgr-", _RULE_REPLACING, keep=_keep_rule("IpPermissionsEgress"), drop=_drop_rule("IpPermissionsEgress")
    ),
    "AWS::EC2::EIP": ResourceType(
        "eipalloc-",
        attributes=lambda physical_id, _: {"AllocationId": physical_id, "PublicIp": _public_ip(physical_id)},
        keep=_keep_address,
        drop=lambda physical_id, _: ec2._addresses.pop(physical_id, None),
    ),
    "AWS::EC2::NatGateway": ResourceType(
        "nat-",
        ("SubnetId", "AllocationId", "ConnectivityType", "VpcId", "AvailabilityMode"),
        attributes=lambda physical_id, _: {"NatGatewayId": physical_id},
        keep=_keep_nat_gateway,
        drop=lambda physical_id, _: ec2._nat_gateways.pop(physical_id, None),
    ),
    "AWS::EC2::VPCCidrBlock": ResourceType("vpc-cidr-assoc-", ("VpcId", "CidrBlock", "AmazonProvidedIpv6CidrBlock")),
}


def register() -> None:
    """Add the types, and the attribute that VPCs lack."""
    for name, resource_type in TYPES.items():
        provisioners._RESOURCE_HANDLERS[name] = resource_type.handlers()
        provisioners._REPLACING_PROPERTIES[name] = resource_type.replacing
    _give_vpcs_ipv6_blocks()


def _give_vpcs_ipv6_blocks() -> None:
    """Make GetAtt of a VPC's Ipv6CidrBlocks work: a real VPC has them once its VPCCidrBlock is there."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::EC2::VPC"]
    own_create, own_update = handlers["create"], handlers.get("update")

    def create(logical_id: str, props: Json, stack: str) -> tuple[str, Json]:
        physical_id, attributes = own_create(logical_id, props, stack)
        return physical_id, {**attributes, "Ipv6CidrBlocks": _ipv6_blocks(physical_id)}

    def update(*arguments: Any) -> tuple[str, Json]:
        physical_id, attributes = own_update(*arguments)
        return physical_id, {**attributes, "Ipv6CidrBlocks": _ipv6_blocks(physical_id)}

    provisioners._RESOURCE_HANDLERS["AWS::EC2::VPC"] = {
        **handlers,
        "create": create,
        **({"update": update} if own_update else {}),
    }
