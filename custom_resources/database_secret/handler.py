"""Secrets Manager's door to the rotation of a database's password."""

import time
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from database_secret.instance import MasterPassword
from secret_rotation.door import answer
from secret_rotation.steps import Request, rotate

_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 6})

# What is left for saying why, once waiting has to end.
_LAST_SECONDS = 15


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Do one step of a rotation. Waits for the database, but never longer than the function may run."""
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - _LAST_SECONDS

    def work(request: Request) -> None:
        secrets = boto3.client("secretsmanager", config=_CONFIG)
        rotate(secrets, MasterPassword(secrets, boto3.client("rds", config=_CONFIG), deadline), request)

    answer(event, work)
