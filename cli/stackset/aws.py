"""The AWS services that a roll-out asks, passed in as one, so that tests can put others in their place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

# StackSets throttles; a roll-out takes minutes to hours, so patience costs nothing.
RETRIES = Config(retries={"mode": "standard", "max_attempts": 8})
POLL_SECONDS = 3.0


@dataclass(frozen=True)
class Aws:
    """Clients of the administrator's account, and how to wait between two looks at an operation."""

    cloudformation: Any
    organizations: Any
    iam: Any
    sts: Any
    account: Any
    sleep: Callable[[float], None]


def clients(region: str, sleep: Callable[[float], None]) -> Aws:
    """Return clients for the Region in which the stack set is kept."""
    session = boto3.Session(region_name=region)

    def client(service: str) -> Any:
        return session.client(service, config=RETRIES)  # type: ignore[call-overload]

    return Aws(
        cloudformation=client("cloudformation"),
        organizations=client("organizations"),
        iam=client("iam"),
        sts=client("sts"),
        account=client("account"),
        sleep=sleep,
    )


def pages(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    """Return all entries of a list that comes in pages."""
    return [entry for page in client.get_paginator(operation).paginate(**arguments) for entry in page.get(key, [])]
