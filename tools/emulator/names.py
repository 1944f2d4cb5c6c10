"""Names as the internet sees them: Route 53 records of every account, followed to the name of a front door.

ministack keeps records and answers no DNS. Here a record with a health check is passed over while the check fails.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from ministack.services import alb, cloudfront, cloudwatch, route53  # type: ignore[import-not-found]

from tools.emulator import dead_regions, targets

Json = dict[str, Any]

# Asks (host, path) as a health checker does, and returns (status, body).
Probe = Callable[[str, str], Awaitable[tuple[int, bytes]]]

_MAX_STEPS = 8
_SEARCHED_BYTES = 5120


def owner(store: Any, attribute: str, name: str) -> tuple[Any, Json] | None:
    """Return the key (account first) and the record of what has this name among all accounts' resources."""
    for key, record in list(store._data.items()):
        if str(record.get(attribute, "")).lower() == name.lower():
            return key, record
    return None


async def resolve(name: str, probe: Probe | None = None) -> str:
    """Return what a name leads to by alias and CNAME records; itself if there are none."""
    for _ in range(_MAX_STEPS):
        candidates = _records(name)
        if not candidates:
            break
        # The only one is not asked; the first one if none serves. Source: "How Amazon Route 53 chooses records when
        # health checking is configured" in the Route 53 guide.
        record = candidates[0]
        for candidate in candidates if len(candidates) > 1 else ():
            if await _serves(candidate, probe):
                record = candidate
                break
        name = _target(record)
    return name


def _records(name: str) -> list[Json]:
    """Return the public records of a name that lead elsewhere, the preferred one first."""
    found = [
        {**record, "_account": key[0]}
        for key, records in list(route53._records._data.items())
        if not route53._zones._data.get(key, {}).get("private")
        for record in records
        if _plain(record.get("Name", "")) == _plain(name) and _target(record)
    ]
    return sorted(found, key=lambda record: (record.get("Failover") == "SECONDARY", -int(record.get("Weight", 0))))


def _target(record: Json) -> str:
    if record.get("AliasTarget"):
        return _plain(record["AliasTarget"]["DNSName"])
    return _plain(record["ResourceRecords"][0]) if record.get("Type") == "CNAME" else ""


def _plain(name: str) -> str:
    return str(name).rstrip(".").lower().removeprefix("dualstack.")


async def _serves(record: Json, probe: Probe | None) -> bool:
    if probe is None:
        return True
    check = route53._health_checks._data.get((record["_account"], record.get("HealthCheckId")))
    if check and not await is_healthy(check["config"], record["_account"], probe):
        return False
    if not (record.get("AliasTarget") or {}).get("EvaluateTargetHealth"):
        return True
    # An alias of records is healthy if one of them is.
    aliased = _records(_target(record))
    if aliased:
        return any([await _serves(each, probe) for each in aliased])
    balancer = owner(alb._lbs, "DNSName", _target(record))
    if balancer:
        arn = balancer[1]["LoadBalancerArn"]
        return not dead_regions.is_dead(arn.split(":")[3]) and targets.has_healthy_target(arn)
    return True


async def is_healthy(config: Json, account: str, probe: Probe) -> bool:
    """Make a health check, at once."""
    kind = config["Type"]
    if config.get("Disabled"):
        healthy = True
    elif kind == "CALCULATED":
        children = [route53._health_checks._data[account, child] for child in config.get("ChildHealthChecks", [])]
        states = [await is_healthy(child["config"], account, probe) for child in children]
        healthy = sum(states) >= int(config.get("HealthThreshold", 0))
    elif kind == "CLOUDWATCH_METRIC":
        alarm = config["AlarmIdentifier"]
        stored = cloudwatch._alarms._data.get((account, alarm["Region"], alarm["Name"]), {})
        healthy = stored.get("StateValue") != "ALARM"
    else:
        status, body = await probe(config.get("FullyQualifiedDomainName", ""), config.get("ResourcePath", "/"))
        searched = config.get("SearchString", "").encode()
        healthy = 200 <= status < 400 and searched in body[:_SEARCHED_BYTES]
    return healthy != bool(config.get("Inverted"))


def distribution_of_alias(name: str) -> Any:
    """Return the key and the distribution that has a name among its aliases."""
    for key, distribution in list(cloudfront._distributions._data.items()):
        if name.lower() in cloudfront._get_distribution_aliases(distribution):
            return key, distribution
    return None
