"""Makes the VPC's address range a parameter of a flat template.

The expansion divides the range into subnets, so it has to know one. This puts the parameter in the place of the VPC's
block, and its parts in the place of the subnets'. All ranges have the same size, since the template says how large the
blocks are into which CloudFormation divides them. Source: "Fn::Cidr" in the CloudFormation Template Reference.
"""

from ipaddress import IPv4Network
from typing import Any

Json = dict[str, Any]

PARAMETER = "CidrBlock"

ADDRESS_BITS = 32


def with_cidr_parameter(resources: Json) -> Json:
    """Return a template's resources, with the parameter in the place of the VPC's range and of its subnets'."""
    (vpc,) = (body for body in resources.values() if body["Type"] == "AWS::EC2::VPC")
    whole = IPv4Network(vpc["Properties"]["CidrBlock"])
    return {name: _with_block(body, _blocks(body, whole)) for name, body in resources.items()}


def _blocks(body: Json, whole: IPv4Network) -> Json | None:
    """Return what replaces a resource's range; None for one without."""
    if body["Type"] == "AWS::EC2::VPC":
        return {"Ref": PARAMETER}
    if body["Type"] != "AWS::EC2::Subnet":
        return None
    block = IPv4Network(body["Properties"]["CidrBlock"])
    parts = list(whole.subnets(new_prefix=block.prefixlen))
    divided = {"Fn::Cidr": [{"Ref": PARAMETER}, str(len(parts)), str(ADDRESS_BITS - block.prefixlen)]}
    return {"Fn::Select": [str(parts.index(block)), divided]}


def _with_block(body: Json, block: Json | None) -> Json:
    return body if block is None else {**body, "Properties": {**body["Properties"], "CidrBlock": block}}
