"""CloudWatch Logs: deliveries of logs, from their source to their destination."""

from tests.emulated_resources.case import ACCOUNT, Case, att, listed, ref
from tests.emulated_resources.surroundings import LOGS

CASES = [
    Case(
        "AWS::Logs::DeliverySource",
        {"Name": "source", "ResourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/A", "LogType": "ACCESS_LOGS"},
        listed("logs", "describe_delivery_sources", "deliverySources", "name"),
        replaced={"Name": "source2"},
        attributes=("Arn", "Service"),
    ),
    Case(
        "AWS::Logs::DeliveryDestination",
        {"Name": "destination", "DestinationResourceArn": att("Bucket", "Arn"), "OutputFormat": "json"},
        listed("logs", "describe_delivery_destinations", "deliveryDestinations", "name"),
        {"Tags": [{"Key": "a", "Value": "b"}]},
        {"Name": "destination2"},
        LOGS,
        ("Arn",),
    ),
    Case(
        "AWS::Logs::Delivery",
        {
            "DeliverySourceName": ref("Source"),
            "DeliveryDestinationArn": att("Destination", "Arn"),
            "S3SuffixPath": "{yyyy}/{MM}",
            "S3EnableHiveCompatiblePath": "true",
        },
        listed("logs", "describe_deliveries", "deliveries", "id"),
        {"S3SuffixPath": "{yyyy}"},
        {"DeliverySourceName": ref("Source2")},
        {
            **LOGS,
            **{
                name: {
                    "Type": "AWS::Logs::DeliverySource",
                    "Properties": {
                        "Name": name.lower(),
                        "ResourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/{name}",
                        "LogType": "ACCESS_LOGS",
                    },
                }
                for name in ("Source", "Source2")
            },
            "Destination": {
                "Type": "AWS::Logs::DeliveryDestination",
                "Properties": {"Name": "both", "DestinationResourceArn": att("Bucket", "Arn")},
            },
        },
        ("Arn", "DeliveryId"),
    ),
]
