"""Changes the master user's password of an RDS instance by ModifyDBInstance, and waits until it is in effect.

Read replicas receive it from their source: users are data, and data is replicated.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from database_secret.password import EXCLUDED, LENGTH, Credentials, read, with_password
from shared.secret_rotation.steps import RotationError

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_rds.type_defs import DBInstanceTypeDef
    from mypy_boto3_secretsmanager import SecretsManagerClient

# Statuses that do not become available by waiting. Source: "Viewing Amazon RDS DB instance status".
UNRECOVERABLE_STATUSES = ("deleting", "failed", "stopped", "stopping")

# Between two DescribeDBInstances calls. RDS takes tens of seconds to apply a new password.
POLLING_SECONDS = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MasterPassword:
    """The master user's password of an instance, for the steps of a rotation.

    Waits at most until `deadline`, a value of `clock`. Rejects a secret whose value names another instance.
    """

    secrets: "SecretsManagerClient"
    rds: "RDSClient"
    instance: str
    deadline: float
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep

    def new_value(self, current: str) -> str:
        """Return the secret's value with a random password."""
        self._own(current)
        made = self.secrets.get_random_password(PasswordLength=LENGTH, ExcludeCharacters=EXCLUDED)
        return with_password(current, made["RandomPassword"])

    def put(self, _secret_arn: str, _current: str, pending: str) -> None:
        """Set the pending password. RDS does not return the current one, so a repeated step sets it again."""
        credentials = self._own(pending)
        # RDS accepts no change while another one, such as that of an earlier attempt, is in progress.
        self._settled(credentials)
        self.rds.modify_db_instance(
            DBInstanceIdentifier=credentials.instance,
            MasterUserPassword=credentials.password,
            ApplyImmediately=True,
        )

    def check(self, _secret_arn: str, value: str) -> None:
        """Wait until the password is in effect."""
        self._settled(self._own(value))

    def _own(self, value: str) -> Credentials:
        """Return the credentials in a secret's value. Raises RotationError if it names another instance."""
        credentials = read(value)
        if credentials.instance != self.instance:
            raise RotationError(
                f"The secret's value names the database {credentials.instance}, but the stack's is {self.instance}. "
                "Correct dbInstanceIdentifier, or deploy the stack again."
            )
        return credentials

    def _settled(self, credentials: Credentials) -> None:
        """Wait until the instance is available and no new password is pending."""
        while True:
            found = self._described(credentials)
            status = found.get("DBInstanceStatus", "unknown")
            pending = "MasterUserPassword" in found.get("PendingModifiedValues", {})
            if status == "available" and not pending:
                return
            if status in UNRECOVERABLE_STATUSES or self.clock() + POLLING_SECONDS > self.deadline:
                raise RotationError(
                    f"The database {credentials.instance} is {status}"
                    f"{' and its new password is pending' if pending else ''}; a rotation requires it to be available. "
                    "Secrets Manager retries; or start the rotation again once it is available."
                )
            self.pause(POLLING_SECONDS)

    def _described(self, credentials: Credentials) -> "DBInstanceTypeDef":
        (found,) = self.rds.describe_db_instances(DBInstanceIdentifier=credentials.instance)["DBInstances"]
        if found.get("MasterUsername") != credentials.username:
            raise RotationError(
                f"The secret's username is not the master user of the database {credentials.instance}: the RDS API can "
                "only change the master user's password. Correct the secret, or stop its rotation."
            )
        return found
