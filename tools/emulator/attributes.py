"""What Ref and GetAtt return in AWS and not in ministack, and properties that it overlooks, for types that it has."""

import string
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_region, new_uuid  # type: ignore[import-not-found]
from ministack.services import route53, secretsmanager  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

from tools.emulator import ipv6

Json = dict[str, Any]


def _bucket(name: str, _props: Json) -> Json:
    return {"DualStackDomainName": f"{name}.s3.dualstack.{get_region()}.amazonaws.com"}


def _hosted_zone(zone_id: str, props: Json) -> Json:
    """Make a zone with VPCs a private one: it answers only them, and has no name servers to delegate to."""
    if not props.get("VPCs"):
        return {}
    vpcs = [{"VPCRegion": vpc["VPCRegion"], "VPCId": vpc["VPCId"]} for vpc in props["VPCs"]]
    route53._zones[zone_id].update(private=True, vpcs=vpcs)
    return {}


# type -> the attributes to add to what ministack returns, from the physical id and the properties
ATTRIBUTES: dict[str, Callable[[str, Json], Json]] = {
    "AWS::EC2::VPC": ipv6.vpc_attributes,
    "AWS::EC2::Subnet": ipv6.subnet_attributes,
    "AWS::S3::Bucket": _bucket,
    "AWS::Route53::HostedZone": _hosted_zone,
}


def register() -> None:
    """Wrap the types' handlers."""
    ipv6.register()
    _secrets_by_arn(provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"])
    for name, attributes in ATTRIBUTES.items():
        handlers = provisioners._RESOURCE_HANDLERS[name]
        # The new properties are the second argument of a create, the third of an update.
        for action, position in (("create", 1), ("update", 2)):
            handlers[action] = _with_attributes(handlers[action], attributes, position)
    own_name = provisioners._physical_name
    provisioners._physical_name = lambda *names, **options: _name_of_region(own_name, names, options)
    own_secret = provisioners._sm_secret_string
    provisioners._sm_secret_string = lambda props: own_secret(_without_punctuation(props))
    own_record = provisioners._cw_metric_alarm_record
    provisioners._cw_metric_alarm_record = lambda name, props: _alarm(own_record, name, props)


def _name_of_region(own_name: Callable[..., str], names: tuple[str, ...], options: Json) -> str:
    """Return the name of a resource, another one in each Region: roles are global, and their names random on AWS."""
    seed = provisioners._NAME_SEED
    token = seed.set(f"{seed.get()}{get_region()}")
    try:
        return own_name(*names, **options)
    finally:
        seed.reset(token)


def _with_attributes(own: Callable[..., Any], attributes: Callable[[str, Json], Json], position: int) -> Any:
    def handler(*arguments: Any) -> tuple[str, Json]:
        physical_id, known = own(*arguments)
        return physical_id, {**attributes(physical_id, arguments[position]), **known}

    return handler


def _secrets_by_arn(handlers: Json) -> None:
    """Let Ref of a secret return its ARN; ministack returns its name."""
    own_create, own_update, own_delete = handlers["create"], handlers["update"], handlers["delete"]

    def name(arn: str) -> str:
        return str(secretsmanager._resolve(arn)[0])

    def create(logical_id: str, props: Json, stack: str) -> tuple[str, Json]:
        # Another name for each secret that is made, as of S3's buckets: a retained one keeps its own.
        if not props.get("Name") and not provisioners._NAME_SEED.get():
            provisioners._NAME_SEED.set(new_uuid()[:8])
        return by_arn(*own_create(logical_id, props, stack))

    def by_arn(_name: str, attributes: Json) -> tuple[str, Json]:
        return attributes["Arn"], attributes

    handlers.update(
        create=create,
        update=lambda arn, *arguments: by_arn(*own_update(name(arn), *arguments)),
        delete=lambda arn, props: own_delete(name(arn), props),
    )


def _without_punctuation(props: Json) -> Json:
    """Return a secret's properties with ExcludePunctuation, which ministack overlooks, as excluded characters."""
    generated = props.get("GenerateSecretString") or {}
    if str(generated.get("ExcludePunctuation", "")).lower() != "true":
        return props
    excluded = generated.get("ExcludeCharacters", "") + string.punctuation
    return {**props, "GenerateSecretString": {**generated, "ExcludeCharacters": excluded}}


def _alarm(own_record: Callable[[str, Json], Json], name: str, props: Json) -> Json:
    """Return the record of an alarm; metric math, which ministack refuses, under the name of its result."""
    if not props.get("Metrics"):
        return own_record(name, props)
    results = [entry for entry in props["Metrics"] if str(entry.get("ReturnData", True)).lower() == "true"]
    if len(results) != 1:
        raise ValueError("Exactly one element of the metrics list should return data.")
    rest = {key: value for key, value in props.items() if key != "Metrics"}
    record = own_record(name, {**rest, "Namespace": "MetricMath", "MetricName": results[0]["Id"]})
    return {**record, "Metrics": props["Metrics"]}
