"""The checks in service_refusals.toml for EC2, Elastic Load Balancing and CloudFront."""

from collections.abc import Callable
from typing import Any

from cli.analysis.availability.references import referenced_ids
from cli.analysis.updates.refusal import Refusal, Update
from cli.analysis.updates.stack import Stack


def another_vpc(update: Update, row: Refusal) -> bool:
    """Return whether the properties refer to resources in another VPC: the VPC is replaced or leaves the stack."""
    named = [[each.properties.get(name) for name in row.properties] for each in (update.old, update.new)]
    old, new = _vpcs(named[0], update.before), _vpcs(named[1], update.after)
    if any(_leaves(vpc, update) for vpc in old):
        return True
    return bool(old and new) and (old != new or bool(referenced_ids(sorted(new)) & update.replaced))


def _leaves(vpc: str, update: Update) -> bool:
    """Return whether a VPC of the stack is no longer part of it after the update."""
    return bool(referenced_ids(vpc) & (update.before.keys() - update.after.keys()))


def _vpcs(value: Any, stack: Stack) -> frozenset[str]:
    named = (stack[name].properties.get("VpcId") for name in referenced_ids(value) if name in stack)
    return frozenset(vpc for vpc in named if isinstance(vpc, str))


def fewer_subnets(update: Update, row: Refusal) -> bool:
    """Return whether a subnet is removed from a subnet group that a store uses before and after the update."""
    old, new = update.values(row.properties[0])
    if not isinstance(old, list) or not isinstance(new, list) or not any(each not in new for each in old):
        return False
    group = update.new.logical_id
    return any(
        group in referenced_ids([stack[name].properties.get(key) for stack in (update.before, update.after)])
        for name in (update.before.keys() & update.after.keys()) - update.replaced
        for key in ("DBSubnetGroupName", "CacheSubnetGroupName")
    )


def same_addresses(update: Update, _row: Refusal) -> bool:
    """Return whether a replaced subnet has the same CIDR block as the old one, in the same VPC."""
    (old, new), (before, after) = update.values("CidrBlock"), update.values("VpcId")
    return old == new is not None and before == after is not None and not referenced_ids(after) & update.replaced


def used_by_distribution(update: Update, _row: Refusal) -> bool:
    """Return whether a distribution refers to the resource; CloudFormation updates the distribution later."""
    return any(
        update.old.logical_id in referenced_ids(each.properties)
        for each in update.before.values()
        if each.type == "AWS::CloudFront::Distribution"
    )


def ipv6_in_use(update: Update, row: Refusal) -> bool:
    """Return whether a subnet loses its IPv6 block while it assigns its addresses, or a load balancer in it has one."""
    old, new = update.values(row.properties[0])
    if old is None or new is not None:
        return False
    assigns = str(update.old.properties.get("AssignIpv6AddressOnCreation", "")).lower() == "true"
    return assigns or any(
        update.old.logical_id in referenced_ids(each.properties.get("Subnets"))
        and each.properties.get("IpAddressType") == "dualstack"
        for each in update.before.values()
        if each.type == "AWS::ElasticLoadBalancingV2::LoadBalancer"
    )


def shared_target_group(update: Update, _row: Refusal) -> bool:
    """Return whether a listener or rule of a new load balancer forwards to a target group of the old one."""
    balancers = {
        name
        for name in update.replaced
        if name in update.before and update.before[name].type == "AWS::ElasticLoadBalancingV2::LoadBalancer"
    }
    forwarded = [
        referenced_ids([each.properties.get("DefaultActions"), each.properties.get("Actions")])
        for each in (update.old, update.new)
    ]
    groups = {
        name
        for name in forwarded[0] & forwarded[1]
        if name in update.after and update.after[name].type == "AWS::ElasticLoadBalancingV2::TargetGroup"
    }
    return bool(balancers) and bool(groups - update.replaced)


def same(name: str) -> Callable[[Update, Refusal], bool]:
    """Return a check that a property, which two resources can't share, and the resource it refers to are unchanged."""

    def stays(update: Update, _row: Refusal) -> bool:
        old, new = update.values(name)
        return old == new is not None and not referenced_ids(new) & update.replaced

    return stays
