"""Lambda entry point for the rotation of the secret header by Secrets Manager."""

import os
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from origin_secret.copies import Copy, copies
from origin_secret.header import Clients, OriginHeader
from origin_secret.places import places
from origin_secret.unknown_settings import reject_unknown_settings
from shared.secret_rotation.lambda_entry import run_step
from shared.secret_rotation.own_stack import read
from shared.secret_rotation.steps import Request, rotate

# UpdateDistribution and ModifyRule are throttled per account, and many sites may rotate in the same hour.
_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 6})


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Run one step of a rotation."""
    run_step(event, context, _rotate)


def _rotate(request: Request) -> None:
    secrets = boto3.client("secretsmanager", config=_CONFIG)
    stack = read(boto3.client("cloudformation", config=_CONFIG), os.environ["STACK_ID"])
    cloudfront = boto3.client("cloudfront", config=_CONFIG)
    reject_unknown_settings(cloudfront)
    clients = Clients(secrets=secrets, load_balancing=boto3.client("elbv2", config=_CONFIG), cloudfront=cloudfront)
    used = places(stack, request.secret_id)
    stack_name = os.environ["STACK_ID"].split("/")[1]

    def others() -> tuple[Copy, ...]:
        return copies(secrets, request.secret_id, stack_name, used.rule_id, _in_region)

    rotate(secrets, OriginHeader(clients, used, others), request)


def _in_region(service: str, region: str) -> Any:
    return boto3.client(service, region_name=region, config=_CONFIG)  # type: ignore[call-overload]
