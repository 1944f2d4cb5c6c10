"""Deliveries of vended logs, such as CloudFront's standard logs."""

from ministack.services import cloudwatch_logs  # type: ignore[import-not-found]

from tools.emulator.api import Api
from tools.emulator.resource_types import Json, ResourceType, picked, renamed


def _tags(props: Json) -> Json:
    return {"tags": {tag["Key"]: tag["Value"] for tag in props["Tags"]}} if props.get("Tags") else {}


def _put_source(logs: Api, props: Json, _name: str) -> str:
    known = renamed(props, name="Name", resourceArn="ResourceArn", logType="LogType")
    name: str = logs("put_delivery_source", **known, **_tags(props))["deliverySource"]["name"]
    return name


def _source_attributes(logs: Api, name: str, _props: Json) -> Json:
    source = logs("get_delivery_source", name=name)["deliverySource"]
    return {
        "Arn": source["arn"],
        "Service": source.get("service", ""),
        "ResourceArns": source.get("resourceArns", []),
    }


def _put_destination(logs: Api, props: Json, _name: str) -> str:
    known = renamed(props, name="Name", outputFormat="OutputFormat", deliveryDestinationType="DeliveryDestinationType")
    if "DestinationResourceArn" in props:
        known["deliveryDestinationConfiguration"] = {"destinationResourceArn": props["DestinationResourceArn"]}
    name: str = logs("put_delivery_destination", **known, **_tags(props))["deliveryDestination"]["name"]
    return name


def _destination_attributes(logs: Api, name: str, _props: Json) -> Json:
    destination = logs("get_delivery_destination", name=name)["deliveryDestination"]
    return {
        "Arn": destination["arn"],
        "DeliveryDestinationType": destination.get("deliveryDestinationType", "S3"),
    }


def _options(props: Json) -> Json:
    options = renamed(props, recordFields="RecordFields", fieldDelimiter="FieldDelimiter")
    s3 = renamed(props, suffixPath="S3SuffixPath", enableHiveCompatiblePath="S3EnableHiveCompatiblePath")
    return {**options, "s3DeliveryConfiguration": s3} if s3 else options


def _create_delivery(logs: Api, props: Json, _name: str) -> str:
    known = renamed(props, deliverySourceName="DeliverySourceName", deliveryDestinationArn="DeliveryDestinationArn")
    delivery_id: str = logs("create_delivery", **known, **_options(props), **_tags(props))["delivery"]["id"]
    return delivery_id


def _delivery_attributes(logs: Api, delivery_id: str, _props: Json) -> Json:
    delivery = logs("get_delivery", id=delivery_id)["delivery"]
    kind = delivery.get("deliveryDestinationType", "S3")
    return {"Arn": delivery["arn"], "DeliveryId": delivery_id, "DeliveryDestinationType": kind}


TYPES = {
    "AWS::Logs::DeliverySource": ResourceType(
        "logs",
        _put_source,
        lambda logs, name, _: logs("delete_delivery_source", name=name),
        lambda logs, _, __, new: _put_source(logs, picked(new, "Name", "ResourceArn", "LogType", "Tags"), ""),
        _source_attributes,
        ("Name", "ResourceArn"),
    ),
    "AWS::Logs::DeliveryDestination": ResourceType(
        "logs",
        _put_destination,
        lambda logs, name, _: logs("delete_delivery_destination", name=name),
        lambda logs, _, __, new: _put_destination(logs, new, ""),
        _destination_attributes,
        ("Name", "DestinationResourceArn", "OutputFormat"),
    ),
    "AWS::Logs::Delivery": ResourceType(
        "logs",
        _create_delivery,
        lambda logs, delivery_id, _: logs("delete_delivery", id=delivery_id),
        # ministack has no UpdateDeliveryConfiguration.
        lambda _, delivery_id, __, new: cloudwatch_logs._deliveries[delivery_id].update(_options(new)),
        _delivery_attributes,
        ("DeliverySourceName", "DeliveryDestinationArn"),
    ),
}
