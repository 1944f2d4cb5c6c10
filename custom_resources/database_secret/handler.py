"""Lambda entry point for the rotation of a database's password by Secrets Manager."""

import os
import time
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from database_secret.instance import MasterPassword
from shared.secret_rotation.lambda_entry import run_step
from shared.secret_rotation.own_stack import read
from shared.secret_rotation.steps import Request, rotate

_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 6})

# Time reserved for reporting the reason when waiting has to end.
_LAST_SECONDS = 15

# Endings of the logical ids of a site's secret and instance.
SECRET = "DatabaseSecret"  # noqa: S105 (the end of a logical id)
INSTANCE = "Database"


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Run one step of a rotation. Waits for the database, but never longer than the function may run."""
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - _LAST_SECONDS

    def work(request: Request) -> None:
        secrets = boto3.client("secretsmanager", config=_CONFIG)
        stack = read(boto3.client("cloudformation", config=_CONFIG), os.environ["STACK_ID"])
        (instance,) = stack.beside(request.secret_id, SECRET, {INSTANCE: "AWS::RDS::DBInstance"})
        password = MasterPassword(secrets, boto3.client("rds", config=_CONFIG), instance, deadline)
        rotate(secrets, password, request)

    run_step(event, context, work)
