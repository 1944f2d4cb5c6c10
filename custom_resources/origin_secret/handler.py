"""Secrets Manager's door to the rotation of the secret header."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from origin_secret.header import Clients, OriginHeader
from secret_rotation.door import answer
from secret_rotation.steps import Request, rotate

# UpdateDistribution and ModifyRule are throttled per account: many sites may rotate in the same hour.
_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 6})

# Where the tags of global resources, such as distributions, are asked for. Source: GetResources, "ResourceTypeFilters".
_GLOBAL_REGION = "us-east-1"


def handler(event: Mapping[str, Any], _context: Any) -> None:
    """Do one step of a rotation."""
    answer(event, _rotate)


def _rotate(request: Request) -> None:
    secrets = boto3.client("secretsmanager", config=_CONFIG)
    clients = Clients(
        secrets=secrets,
        tags=boto3.client("resourcegroupstaggingapi", config=_CONFIG),
        global_tags=boto3.client("resourcegroupstaggingapi", region_name=_GLOBAL_REGION, config=_CONFIG),
        load_balancing=boto3.client("elbv2", config=_CONFIG),
        cloudfront=boto3.client("cloudfront", config=_CONFIG),
    )
    rotate(secrets, OriginHeader(clients), request)
