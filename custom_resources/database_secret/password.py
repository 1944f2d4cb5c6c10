"""The value of a database's secret: JSON, written by the stack and completed by a SecretTargetAttachment."""

import json
from dataclasses import dataclass
from typing import Any

from shared.secret_rotation.steps import RotationError

LENGTH = 32

# What RDS refuses in a password (/ @ " and space), and what scripts and connection strings trip over.
EXCLUDED = "/@\"'\\ `$"

NEEDED = ("username", "password", "dbInstanceIdentifier")


@dataclass(frozen=True)
class Credentials:
    """Who logs in where."""

    username: str
    password: str
    instance: str


def read(value: str) -> Credentials:
    """Return the credentials that a secret's value holds. Raises RotationError with all that is missing."""
    fields = _fields(value)
    missing = [name for name in NEEDED if not isinstance(fields.get(name), str) or not fields[name]]
    if missing:
        raise RotationError(
            f"The secret's value has no {', '.join(missing)}. The stack's SecretTargetAttachment completes it."
        )
    return Credentials(fields["username"], fields["password"], fields["dbInstanceIdentifier"])


def with_password(value: str, password: str) -> str:
    """Return a secret's value with another password; all the rest stays."""
    return json.dumps({**_fields(value), "password": password})


def _fields(value: str) -> dict[str, Any]:
    try:
        fields = json.loads(value)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise RotationError(f"The secret's value is no JSON object with {', '.join(NEEDED)}. Write one.") from None
    return fields
