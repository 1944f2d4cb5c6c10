"""Traffic that an update interrupts because of the order in which CloudFormation changes resources."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.analysis.updates.comparison import Change
from cli.analysis.updates.effects import Effect

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
RECORD = "AWS::Route53::RecordSet"


def interrupted_traffic(changes: Iterable[Change]) -> list[str]:
    """Return the traffic that the update interrupts and what to do instead; empty if there is none."""
    known = list(changes)
    return [text for text in (_before_names_move(known), _before_targets_are_healthy(known)) if text]


def _before_names_move(known: list[Change]) -> str:
    """Return a warning about a listener that stops forwarding while DNS records still point to its load balancer."""
    closing = [each.logical_id for each in known if each.type == LISTENER and _closes(each)]
    moving = [each.logical_id for each in known if each.type == RECORD and _moves(each)]
    if not closing or not moving:
        return ""
    return (
        f"{', '.join(closing)} rejects visitors until {', '.join(moving)} point to the new target, for as long as "
        "CloudFront takes to deploy. Deploy two updates: on a site, the first with LoadBalancer: {DirectAccess: true}."
    )


def _before_targets_are_healthy(known: list[Change]) -> str:
    """Return a warning about a new target group: the listener forwards to it before servers register with it."""
    replaced = [each.logical_id for each in known if each.type == TARGET_GROUP and each.effect is Effect.REPLACED]
    if not replaced and _anew(known):
        return (
            "The load balancer is replaced, and its new target group has no healthy server until servers have "
            "registered with it: visitors get the friendly page meanwhile. Deploy this at a time of low traffic."
        )
    if not replaced:
        return ""
    return (
        f"{', '.join(replaced)} is replaced, and the new one has no healthy server until servers have registered with "
        "it: visitors get the friendly page meanwhile. Keep its port and protocol, and make the application use them."
    )


def _anew(known: list[Change]) -> bool:
    """Return whether one target group is deleted and another one added, so that servers move between them."""
    effects = {each.effect for each in known if each.type == TARGET_GROUP}
    return {Effect.ADDED, Effect.DELETED} <= effects


def _closes(change: Change) -> bool:
    return _first_action(change.old) == "forward" and _first_action(change.new) not in ("forward", "")


def _first_action(resource: Any) -> str:
    actions = resource.properties.get("DefaultActions") if resource is not None else None
    return str(actions[0].get("Type", "")) if isinstance(actions, list) and actions else ""


def _moves(change: Change) -> bool:
    old, new = (each.properties.get("AliasTarget") if each is not None else None for each in (change.old, change.new))
    if not isinstance(old, Mapping) or not isinstance(new, Mapping) or change.old is None:
        return False
    return change.old.properties.get("Failover") != "SECONDARY" and old.get("DNSName") != new.get("DNSName")
