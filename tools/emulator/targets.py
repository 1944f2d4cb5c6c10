"""Load balancers that know dead targets from living ones, and several targets at one address.

ministack takes every registered target for healthy and tells them apart by address only; the instances that a test
registers all live at 127.0.0.1. The id of an instance names a mock, of an Auto Scaling group say: nothing is there.
"""

import asyncio
import random
import re
import socket
from typing import Any
from urllib.parse import urlencode

from ministack.services import alb  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

from tools.emulator import zonal_shifts
from tools.emulator.forwarded_requests import Request, forwarded

Json = dict[str, Any]

_MOCK = re.compile("i-[0-9a-f]+")
_SECONDS = 0.5


def register() -> None:
    """Replace what registers, describes and chooses targets."""
    alb._ACTION_MAP.update(
        RegisterTargets=_register_targets,
        DeregisterTargets=_deregister_targets,
        DescribeTargetHealth=_describe_target_health,
    )
    own_forward = alb._forward_to_tg

    async def forward(arn: str, method: str, path: str, *arguments: Any) -> Any:
        group = alb._tgs.get(arn, {})
        if group.get("TargetType", "instance") not in ("instance", "ip") or not alb._targets.get(arn):
            return await own_forward(arn, method, path, *arguments)
        headers, body, fields, query, raw_path = arguments
        there = _targets(alb._targets[arn], group)
        if not there:
            return 502, {"Content-Type": "text/html"}, b"<h1>502 Bad Gateway</h1>"
        # A single one gets the request whether it is healthy or not.
        target = there[0] if len(there) == 1 else await asyncio.to_thread(_chosen, there, group)
        asked = urlencode(fields or {}, doseq=True) if query is None else query
        whole = f"{raw_path or path}?{asked}" if asked else raw_path or path
        return await forwarded(target, group, Request(method, whole, headers, body))

    alb._forward_to_tg = forward
    own_stored = provisioners._elbv2_listener_actions
    provisioners._elbv2_listener_actions = lambda properties, balancer, prop="DefaultActions": _with_weights(
        own_stored(properties, balancer, prop), properties.get(prop) or []
    )
    own_actions = alb._execute_actions
    alb._execute_actions = lambda actions, *arguments, **options: own_actions(
        [_with_one_group(action) for action in actions], *arguments, **options
    )


def _with_weights(stored: list[Json], written: list[Any]) -> list[Json]:
    """Return the actions of a template with their weights: ministack keeps the first target group only."""
    forwards = [action.get("ForwardConfig") for action in written if isinstance(action, dict)]
    return [
        {**action, "ForwardConfig": config} if config else action
        for action, config in zip(stored, forwards, strict=True)
    ]


def _with_one_group(action: Json) -> Json:
    """Return a forward action that names one group, chosen by the weights of its ForwardConfig."""
    groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
    if not groups:
        return action
    weights = [int(group.get("Weight", 1)) for group in groups]
    chosen = random.choices(groups, weights if any(weights) else None)[0]
    return {**action, "TargetGroupArn": chosen["TargetGroupArn"]}


def alive(target: Json, group: Json) -> bool:
    """Tell whether something listens at a target: a health check as quick as the request itself."""
    host, port = _key(target, group)
    if _MOCK.fullmatch(host):
        return False
    try:
        socket.create_connection((host, port), _SECONDS).close()
    except OSError:
        return False
    return True


def has_healthy_target(load_balancer_arn: str) -> bool:
    """Tell whether a load balancer can serve, as a record with EvaluateTargetHealth asks."""
    groups = [group for group in alb._tgs.values() if load_balancer_arn in group.get("LoadBalancerArns", [])]
    return any(alive(target, group) for group in groups for target in alb._targets.get(group["TargetGroupArn"], []))


def _targets(registered: list[Json], group: Json) -> list[Json]:
    """Return the targets that are no mocks, and in no zone that traffic is shifted away from."""
    left = zonal_shifts.away_from(group.get("LoadBalancerArns", []))
    there = [target for target in registered if target.get("AvailabilityZone") not in left]
    return [target for target in there if not _MOCK.fullmatch(str(target["Id"]))]


def _chosen(targets: list[Json], group: Json) -> Json:
    """Return a healthy target; with none, any, as a load balancer does when all are unhealthy."""
    # The first healthy one in a random order: the others need not be asked.
    shuffled = random.sample(targets, len(targets))
    return next((target for target in shuffled if alive(target, group)), shuffled[0])


def _zone(target: Json) -> str:
    zone = target.get("AvailabilityZone")
    return f"<AvailabilityZone>{zone}</AvailabilityZone>" if zone else ""


def _key(target: Json, group: Json) -> tuple[str, int]:
    return str(target["Id"]), int(target.get("Port") or group.get("Port") or 80)


def _named_group(params: Json) -> tuple[str, Json]:
    arn = alb._p(params, "TargetGroupArn")
    return arn, alb._tgs.get(arn, {})


def _not_found(arn: str) -> Any:
    return alb._error("TargetGroupNotFound", f"Target group '{arn}' not found.")


def _register_targets(params: Json) -> Any:
    arn, group = _named_group(params)
    if not group:
        return _not_found(arn)
    registered = alb._targets.setdefault(arn, [])
    known = {_key(target, group) for target in registered}
    registered += [target for target in _in_zones(params) if _key(target, group) not in known]
    return alb._empty("RegisterTargets")


def _in_zones(params: Json) -> list[Json]:
    """Return the targets of a request with the zones that they are said to be in, which ministack drops."""
    zones = [
        alb._p(params, f"Targets.member.{number}.AvailabilityZone")
        for number in range(1, len(alb._parse_targets_param(params)) + 1)
    ]
    parsed = zip(alb._parse_targets_param(params), zones, strict=True)
    return [{**target, **({"AvailabilityZone": zone} if zone else {})} for target, zone in parsed]


def _deregister_targets(params: Json) -> Any:
    arn, group = _named_group(params)
    if not group:
        return _not_found(arn)
    gone = {_key(target, group) for target in alb._parse_targets_param(params)}
    alb._targets[arn] = [target for target in alb._targets.get(arn, []) if _key(target, group) not in gone]
    return alb._empty("DeregisterTargets")


def _describe_target_health(params: Json) -> Any:
    arn, group = _named_group(params)
    if not group:
        return _not_found(arn)
    asked = {_key(target, group) for target in alb._parse_targets_param(params)}
    descriptions = ""
    for target in alb._targets.get(arn, []):
        host, port = _key(target, group)
        if asked and (host, port) not in asked:
            continue
        state = "healthy" if alive(target, group) else "unhealthy"
        descriptions += (
            f"<member><Target><Id>{host}</Id><Port>{port}</Port>{_zone(target)}</Target>"
            f"<TargetHealth><State>{state}</State></TargetHealth></member>"
        )
    body = f"<TargetHealthDescriptions>{descriptions}</TargetHealthDescriptions>"
    return alb._xml(200, "DescribeTargetHealth", body)
