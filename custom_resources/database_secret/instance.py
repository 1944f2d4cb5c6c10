"""The master user's password of an RDS instance, changed by ModifyDBInstance and followed until it is in force.

Replicas take it over from their source: the users are data, and data is replicated.
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

# States that no waiting ends. Source: "Viewing Amazon RDS DB instance status".
HOPELESS = ("deleting", "failed", "stopped", "stopping")

# Between two looks at the instance. A new password takes RDS some tens of seconds.
SECONDS_BETWEEN_LOOKS = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MasterPassword:
    """The password of an instance as a rotation changes it.

    Waits until `deadline`, a reading of `clock`, and no longer. A secret's value that names another instance is
    refused.
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
        """Tell RDS the pending password. It can't be asked for the one it has, so a repeated step tells it again."""
        credentials = self._own(pending)
        # RDS takes no change while it still makes another, such as that of an earlier try.
        self._settled(credentials)
        self.rds.modify_db_instance(
            DBInstanceIdentifier=credentials.instance,
            MasterUserPassword=credentials.password,
            ApplyImmediately=True,
        )

    def check(self, _secret_arn: str, value: str) -> None:
        """Wait until RDS has put the password in force."""
        self._settled(self._own(value))

    def _own(self, value: str) -> Credentials:
        """Return the credentials in a secret's value. Raises RotationError for another instance than the secret's."""
        credentials = read(value)
        if credentials.instance != self.instance:
            raise RotationError(
                f"The secret's value names the database {credentials.instance}, and its stack's is {self.instance}. "
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
            if status in HOPELESS or self.clock() + SECONDS_BETWEEN_LOOKS > self.deadline:
                raise RotationError(
                    f"The database {credentials.instance} is {status}"
                    f"{', its new password is pending' if pending else ''}; a rotation needs it available. "
                    "Secrets Manager tries again; or start the rotation once it is."
                )
            self.pause(SECONDS_BETWEEN_LOOKS)

    def _described(self, credentials: Credentials) -> "DBInstanceTypeDef":
        (found,) = self.rds.describe_db_instances(DBInstanceIdentifier=credentials.instance)["DBInstances"]
        if found.get("MasterUsername") != credentials.username:
            raise RotationError(
                f"The secret's username is not the master user of the database {credentials.instance}: only the master "
                "user's password can be changed by RDS's API. Correct the secret, or stop its rotation."
            )
        return found
