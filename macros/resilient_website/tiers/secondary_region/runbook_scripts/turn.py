"""Turns DNS to this Region."""

from typing import Any

import boto3


def handler(events: dict[str, Any], context: Any) -> dict[str, str]:
    """Put the switch signal `Key` into `Bucket`."""
    del context
    boto3.client("s3").put_object(Bucket=events["Bucket"], Key=events["Key"], Body=b"active\n", CacheControl="no-store")
    return {"Dns": "turns within two minutes"}
