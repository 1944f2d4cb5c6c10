"""Health checks and groups of records."""

from typing import Any

from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

from tools.emulator.api import Api
from tools.emulator.resource_types import Json, ResourceType, picked

_FIXED = ("Type", "RequestInterval", "MeasureLatency")


def _create_health_check(route53: Api, props: Json, name: str) -> str:
    config = dict(props["HealthCheckConfig"])
    health_check_id: str = route53(
        "create_health_check", CallerReference=f"{name}-{provisioners.new_uuid()}", HealthCheckConfig=config
    )["HealthCheck"]["Id"]
    _tag(route53, health_check_id, {}, props)
    return health_check_id


def _update_health_check(route53: Api, health_check_id: str, old: Json, new: Json) -> None:
    config = {name: value for name, value in new["HealthCheckConfig"].items() if name not in _FIXED}
    route53("update_health_check", HealthCheckId=health_check_id, **config)
    _tag(route53, health_check_id, old, new)


def _tag(route53: Api, health_check_id: str, old: Json, new: Json) -> None:
    tags = new.get("HealthCheckTags", [])
    kept = {tag["Key"] for tag in tags}
    gone = [tag["Key"] for tag in old.get("HealthCheckTags", []) if tag["Key"] not in kept]
    changes: Json = {"AddTags": tags or None, "RemoveTagKeys": gone or None}
    if tags or gone:
        route53("change_tags_for_resource", ResourceType="healthcheck", ResourceId=health_check_id, **changes)


def _records(props: Json) -> list[Json]:
    """Return a group's records, each with the zone that it is in, as AWS::Route53::RecordSet has them."""
    zone = picked(props, "HostedZoneId", "HostedZoneName")
    return [{**zone, **record} for record in props.get("RecordSets", [])]


def _create_group(_route53: Api, props: Json, name: str) -> str:
    for record in _records(props):
        _record_handler("create", name, record, "")
    return name


def _delete_group(_route53: Api, group: str, props: Json) -> None:
    for record in _records(props):
        _record_handler("delete", group, record)


def _update_group(route53: Api, group: str, old: Json, new: Json) -> None:
    _delete_group(route53, group, old)
    try:
        _create_group(route53, new, group)
    except ValueError:
        _delete_group(route53, group, new)
        _create_group(route53, old, group)
        raise


def _record_handler(action: str, *arguments: Any) -> None:
    provisioners._RESOURCE_HANDLERS["AWS::Route53::RecordSet"][action](*arguments)


TYPES = {
    "AWS::Route53::HealthCheck": ResourceType(
        "route53",
        _create_health_check,
        lambda route53, health_check_id, _: route53("delete_health_check", HealthCheckId=health_check_id),
        _update_health_check,
        lambda _, health_check_id, __: {"HealthCheckId": health_check_id},
        tuple(f"HealthCheckConfig.{name}" for name in _FIXED),
    ),
    "AWS::Route53::RecordSetGroup": ResourceType(
        "route53", _create_group, _delete_group, _update_group, replacing=("HostedZoneId", "HostedZoneName")
    ),
}
