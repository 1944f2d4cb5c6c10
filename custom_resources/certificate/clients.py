"""The boto3 clients of ACM, CloudFormation and Route 53, which a function's environment keeps.

A request takes a few calls, which end within the function's one-minute timeout even if they are slow. `CustomResource`
creates its own clients from the same default session.
"""

from functools import cache
from typing import TYPE_CHECKING

import boto3
import botocore.session
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_route53 import Route53Client

_session = botocore.session.get_session()
_session.set_default_client_config(
    Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
)
boto3.setup_default_session(botocore_session=_session)


@cache
def acm(region: str) -> "ACMClient":
    """Return the client of ACM in a Region."""
    return boto3.client("acm", region_name=region)


@cache
def cloudformation() -> "CloudFormationClient":
    """Return the client of CloudFormation."""
    return boto3.client("cloudformation")


@cache
def route53() -> "Route53Client":
    """Return the client of Route 53."""
    return boto3.client("route53")
