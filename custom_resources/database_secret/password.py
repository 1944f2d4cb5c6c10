"""Reads and writes a database secret's value: JSON, created by the stack, completed by a SecretTargetAttachment."""

import json
from dataclasses import dataclass
from typing import Any

from shared.secret_rotation.steps import RotationError

LENGTH = 32

# Characters that RDS rejects in a password (/ @ " and space), and those that break scripts and connection strings.
EXCLUDED = "/@\"'\\ `$"

NEEDED = ("username", "password", "dbInstanceIdentifier")


@dataclass(frozen=True)
class Credentials:
    """The user, its password and the instance's identifier."""

    username: str
    password: str
    instance: str


def read(value: str) -> Credentials:
    """Return the credentials in a secret's value. Raises RotationError that lists every missing field."""
    fields = _fields(value)
    missing = [name for name in NEEDED if not isinstance(fields.get(name), str) or not fields[name]]
    if missing:
        raise RotationError(
            f"The secret's value has no {', '.join(missing)}. The stack's SecretTargetAttachment completes the value."
        )
    return Credentials(fields["username"], fields["password"], fields["dbInstanceIdentifier"])


def with_password(value: str, password: str) -> str:
    """Return a secret's value with another password; all other fields are kept."""
    return json.dumps({**_fields(value), "password": password})


def _fields(value: str) -> dict[str, Any]:
    try:
        fields = json.loads(value)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise RotationError(f"The secret's value is not a JSON object with {', '.join(NEEDED)}. Write one.") from None
    return fields
