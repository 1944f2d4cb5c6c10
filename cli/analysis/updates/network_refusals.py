"""What EC2, Elastic Load Balancing and CloudFront refuse: the checks that service_refusals.toml names."""

from collections.abc import Callable
from typing import Any

from cli.analysis.availability.references import mentioned
from cli.analysis.updates.refusal import Refusal, Update
from cli.analysis.updates.stack import Stack


def another_vpc(update: Update, row: Refusal) -> bool:
    """Tell whether what the properties refer to is in another VPC: one that is replaced, or leaves the stack."""
    named = [[each.properties.get(name) for name in row.properties] for each in (update.old, update.new)]
    old, new = _vpcs(named[0], update.before), _vpcs(named[1], update.after)
    if any(_leaves(vpc, update) for vpc in old):
        return True
    return bool(old and new) and (old != new or bool(mentioned(sorted(new)) & update.replaced))


def _leaves(vpc: str, update: Update) -> bool:
    """Tell whether a VPC of the stack is in it no more after the update."""
    return bool(mentioned(vpc) & (update.before.keys() - update.after.keys()))


def _vpcs(value: Any, stack: Stack) -> frozenset[str]:
    named = (stack[name].properties.get("VpcId") for name in mentioned(value) if name in stack)
    return frozenset(vpc for vpc in named if isinstance(vpc, str))


def fewer_subnets(update: Update, row: Refusal) -> bool:
    """Tell whether a subnet leaves a group of subnets that a store stands in and stays in."""
    old, new = update.values(row.properties[0])
    if not isinstance(old, list) or not isinstance(new, list) or not any(each not in new for each in old):
        return False
    group = update.new.logical_id
    return any(
        group in mentioned([stack[name].properties.get(key) for stack in (update.before, update.after)])
        for name in (update.before.keys() & update.after.keys()) - update.replaced
        for key in ("DBSubnetGroupName", "CacheSubnetGroupName")
    )


def same_addresses(update: Update, _row: Refusal) -> bool:
    """Tell whether a subnet that is replaced is to have the old one's addresses, in the same VPC."""
    (old, new), (before, after) = update.values("CidrBlock"), update.values("VpcId")
    return old == new is not None and before == after is not None and not mentioned(after) & update.replaced


def used_by_distribution(update: Update, _row: Refusal) -> bool:
    """Tell whether a distribution names the resource; what the update changes of that, it changes later."""
    return any(
        update.old.logical_id in mentioned(each.properties)
        for each in update.before.values()
        if each.type == "AWS::CloudFront::Distribution"
    )


def ipv6_in_use(update: Update, row: Refusal) -> bool:
    """Tell whether a subnet loses its IPv6 block while it gives addresses of it, or a load balancer in it has one."""
    old, new = update.values(row.properties[0])
    if old is None or new is not None:
        return False
    assigns = str(update.old.properties.get("AssignIpv6AddressOnCreation", "")).lower() == "true"
    return assigns or any(
        update.old.logical_id in mentioned(each.properties.get("Subnets"))
        and each.properties.get("IpAddressType") == "dualstack"
        for each in update.before.values()
        if each.type == "AWS::ElasticLoadBalancingV2::LoadBalancer"
    )


def shared_target_group(update: Update, _row: Refusal) -> bool:
    """Tell whether a listener or a rule of a new load balancer forwards to a target group that the old one has."""
    balancers = {
        name
        for name in update.replaced
        if name in update.before and update.before[name].type == "AWS::ElasticLoadBalancingV2::LoadBalancer"
    }
    forwarded = [
        mentioned([each.properties.get("DefaultActions"), each.properties.get("Actions")])
        for each in (update.old, update.new)
    ]
    groups = {
        name
        for name in forwarded[0] & forwarded[1]
        if name in update.after and update.after[name].type == "AWS::ElasticLoadBalancingV2::TargetGroup"
    }
    return bool(balancers) and bool(groups - update.replaced)


def same(name: str) -> Callable[[Update, Refusal], bool]:
    """Return a check of what two of a type can't share: that a property stays, and so does what it refers to."""

    def stays(update: Update, _row: Refusal) -> bool:
        old, new = update.values(name)
        return old == new is not None and not mentioned(new) & update.replaced

    return stays
