"""IPv6 blocks of networks, which ministack does not model: kept on its records, and shown by its EC2 API."""

from typing import Any

from ministack.services import ec2  # type: ignore[import-not-found]

Json = dict[str, Any]

# association id -> block, on the record of a VPC
IPV6_BLOCKS = "_ipv6_blocks"
MORE_BLOCKS = "_more_blocks"


def register() -> None:
    """Add the blocks to what DescribeVpcs and DescribeSubnets return."""
    own_vpc, own_subnet = ec2._vpc_fields_xml, ec2._subnet_fields_xml

    def vpc_xml(vpc: Json, tag: str = "item") -> str:
        items = "".join(map(_association_xml, vpc.get(IPV6_BLOCKS, {}).items()))
        return _inside(own_vpc(vpc, tag), tag, items)

    def subnet_xml(subnet: Json, tag: str = "item") -> str:
        block = subnet.get("Ipv6CidrBlock")
        text = own_subnet(subnet, tag)
        if subnet.get("AssignIpv6AddressOnCreation"):
            member = "assignIpv6AddressOnCreation"
            text = text.replace(f"<{member}>false", f"<{member}>true")
        return _inside(
            text, tag, _association_xml((f"subnet-cidr-assoc-{subnet['SubnetId'][7:]}", block)) if block else ""
        )

    ec2._vpc_fields_xml, ec2._subnet_fields_xml = vpc_xml, subnet_xml


def _association_xml(association: tuple[str, str]) -> str:
    state = "<state>associated</state>"
    return (
        f"<item><associationId>{association[0]}</associationId><ipv6CidrBlock>{association[1]}</ipv6CidrBlock>"
        f"<ipv6CidrBlockState>{state}</ipv6CidrBlockState></item>"
    )


def _inside(text: str, tag: str, items: str) -> str:
    """Return a resource's XML with the set of its associations at its end."""
    end = f"</{tag}>"
    return text.removesuffix(end) + f"<ipv6CidrBlockAssociationSet>{items}</ipv6CidrBlockAssociationSet>{end}"


def vpc_attributes(vpc_id: str, _props: Json) -> Json:
    """Return what GetAtt of a VPC lacks; no IPv6 blocks before a VPCCidrBlock has made them."""
    vpc = ec2._vpcs[vpc_id]
    return {
        "CidrBlock": vpc["CidrBlock"],
        "Ipv6CidrBlocks": list(vpc.get(IPV6_BLOCKS, {}).values()),
        "CidrBlockAssociations": [f"vpc-cidr-assoc-{vpc_id[4:]}", *vpc.get(MORE_BLOCKS, {})],
    }


def subnet_attributes(subnet_id: str, props: Json) -> Json:
    """Return what GetAtt of a subnet lacks, and keep its block on its record."""
    subnet = ec2._subnets[subnet_id]
    block = props.get("Ipv6CidrBlock")
    subnet["Ipv6CidrBlock"] = block
    subnet["AssignIpv6AddressOnCreation"] = str(props.get("AssignIpv6AddressOnCreation", "")).lower() == "true"
    return {
        "VpcId": subnet["VpcId"],
        "CidrBlock": subnet["CidrBlock"],
        "AvailabilityZoneId": subnet["AvailabilityZoneId"],
        "Ipv6CidrBlocks": [block] if block else [],
    }
