"""Changes of networks and load balancers that EC2 and Elastic Load Balancing refuse, and ministack takes.

Sources: "DisassociateSubnetCidrBlock" in the Amazon EC2 API Reference; "SetSubnets" and "CreateListener"
(TargetGroupAssociationLimit) in the Elastic Load Balancing API Reference.
"""

from collections.abc import Iterator
from typing import Any

from ministack.services import alb, ec2  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

Json = dict[str, Any]

PREFIX = "AWS::ElasticLoadBalancingV2::"


def register() -> None:
    """Wrap the types' creations and updates."""
    for type_name, check in (("AWS::EC2::Subnet", _subnet), (f"{PREFIX}LoadBalancer", _load_balancer)):
        handlers = provisioners._RESOURCE_HANDLERS[type_name]
        handlers["update"] = _checked_update(type_name, check, handlers["update"])
    for type_name, actions in ((f"{PREFIX}Listener", "DefaultActions"), (f"{PREFIX}ListenerRule", "Actions")):
        handlers = provisioners._RESOURCE_HANDLERS[type_name]
        handlers["create"] = _checked_creation(actions, handlers["create"])


def _checked_update(type_name: str, check: Any, own_update: Any) -> Any:
    def update(name: str, old: Json, new: Json, *arguments: Any) -> Any:
        if not provisioners._requires_replacement(type_name, old, new):
            check(name, old, new)
        return own_update(name, old, new, *arguments)

    return update


def _checked_creation(actions: str, own_create: Any) -> Any:
    def create(logical_id: str, properties: Json, *arguments: Any) -> Any:
        balancer = properties.get("LoadBalancerArn") or _balancer_of(str(properties.get("ListenerArn")))
        for group in _groups(properties.get(actions)):
            known = alb._tgs.get(group, {})
            others = {arn for arn in known.get("LoadBalancerArns", []) if arn in alb._lbs} - {balancer}
            if others:
                raise ValueError(
                    "The following target groups cannot be associated with more than one load balancer: "
                    f"{group} (TargetGroupAssociationLimit)"
                )
            if known and balancer and balancer not in known.setdefault("LoadBalancerArns", []):
                known["LoadBalancerArns"].append(balancer)
        return own_create(logical_id, properties, *arguments)

    return create


def _balancer_of(listener: str) -> str:
    return str(alb._listeners.get(listener, {}).get("LoadBalancerArn", ""))


def _groups(actions: Any) -> Iterator[str]:
    for action in actions or []:
        if not isinstance(action, dict):
            continue
        weighted = action.get("ForwardConfig", {}).get("TargetGroups", [])
        yield from (str(each["TargetGroupArn"]) for each in (action, *weighted) if each.get("TargetGroupArn"))


def _subnet(name: str, old: Json, new: Json) -> None:
    """Keep an IPv6 block on which addresses are in use: the servers', or the load balancer's."""
    if not old.get("Ipv6CidrBlock") or new.get("Ipv6CidrBlock"):
        return
    assigns = str(old.get("AssignIpv6AddressOnCreation")).lower() == "true"
    in_use = any(name in each["Subnets"] and each.get("IpAddressType") == "dualstack" for each in alb._lbs.values())
    if assigns or in_use:
        raise ValueError(f"The IPv6 CIDR block of the subnet {name} has addresses that are in use.")


def _load_balancer(_name: str, old: Json, new: Json) -> None:
    """Keep a load balancer in its VPC."""
    before, after = _vpcs(old), _vpcs(new)
    if before and after and before != after:
        raise ValueError("InvalidSubnet: The subnets and the load balancer are not in the same VPC.")


def _vpcs(properties: Json) -> set[str]:
    subnets = (ec2._subnets.get(each, {}).get("VpcId") for each in properties.get("Subnets") or [])
    return {str(vpc) for vpc in subnets if vpc}
