"""The four steps of a rotation, in the order in which Secrets Manager calls them.

Every step is idempotent, since it may be interrupted and repeated. AWSCURRENT moves last, so that readers get the
previous value until the new one works. Source: "Rotation by Lambda function" in the AWS Secrets Manager User Guide.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CURRENT = "AWSCURRENT"
PENDING = "AWSPENDING"

logger = logging.getLogger(__name__)


class RotationError(Exception):
    """A rotation can't continue; the message says what was found and what to do, without any secret value."""


class Service(Protocol):
    """The service that uses the secret. All methods may be called again with the same values."""

    def new_value(self, current: str) -> str:
        """Return the value that follows the current one."""

    def put(self, secret_arn: str, current: str, pending: str) -> None:
        """Make the service accept the pending value."""

    def check(self, secret_arn: str, value: str) -> None:
        """Raise RotationError unless the service accepts the value."""


@dataclass(frozen=True)
class Request:
    """A call by Secrets Manager: one step of a secret's rotation, for the version that is to become current."""

    secret_id: str
    version: str
    step: str


def read(event: Mapping[str, Any]) -> Request:
    """Return the request in an event. Raises RotationError for an event that is not from Secrets Manager."""
    found = {name: event.get(name) for name in ("SecretId", "ClientRequestToken", "Step")}
    missing = [name for name, value in found.items() if not isinstance(value, str) or not value]
    if missing:
        raise RotationError(f"The event has no {', '.join(missing)}. Only Secrets Manager may invoke this function.")
    if found["Step"] not in STEPS:
        raise RotationError(f"The event's Step is {found['Step']!r}; allowed: {', '.join(STEPS)}.")
    return Request(str(found["SecretId"]), str(found["ClientRequestToken"]), str(found["Step"]))


def rotate(secrets: "SecretsManagerClient", service: Service, request: Request) -> None:
    """Run one step. Does nothing if the version is already current: an earlier attempt has completed."""
    described = secrets.describe_secret(SecretId=request.secret_id)
    stages = described.get("VersionIdsToStages", {}).get(request.version, [])
    if CURRENT in stages:
        logger.info("%s: the version is already current", request.step)
        return
    if PENDING not in stages:
        raise RotationError(
            f"The secret has no version {request.version} labeled {PENDING}: its rotation was canceled. "
            "Start a new rotation."
        )
    STEPS[request.step](secrets, service, request, described["ARN"])
    logger.info("%s: done", request.step)


def _create(secrets: "SecretsManagerClient", service: Service, request: Request, _arn: str) -> None:
    if _pending(secrets, request) is not None:
        return
    value = service.new_value(_current(secrets, request))
    try:
        secrets.put_secret_value(
            SecretId=request.secret_id,
            ClientRequestToken=request.version,
            SecretString=value,
            VersionStages=[PENDING],
        )
    except ClientError as error:
        # Another run of this step was faster; use its value.
        if error.response["Error"]["Code"] != "ResourceExistsException":
            raise


def _set(secrets: "SecretsManagerClient", service: Service, request: Request, arn: str) -> None:
    value = _pending(secrets, request)
    if value is None:
        raise RotationError(f"Version {request.version} has no value yet: run createSecret first.")
    service.put(arn, _current(secrets, request), value)


def _test(secrets: "SecretsManagerClient", service: Service, request: Request, arn: str) -> None:
    # With RotateImmediately: false, Secrets Manager runs only this step, on a version without a value. Test the current
    # value then. Source: RotateImmediately in "RotateSecret", AWS Secrets Manager API Reference.
    value = _pending(secrets, request)
    service.check(arn, _current(secrets, request) if value is None else value)


def _finish(secrets: "SecretsManagerClient", _service: Service, request: Request, _arn: str) -> None:
    versions = secrets.describe_secret(SecretId=request.secret_id)["VersionIdsToStages"]
    current = [version for version, stages in versions.items() if CURRENT in stages]
    if request.version not in current:
        secrets.update_secret_version_stage(
            SecretId=request.secret_id,
            VersionStage=CURRENT,
            MoveToVersionId=request.version,
            RemoveFromVersionId=current[0],
        )


STEPS = {"createSecret": _create, "setSecret": _set, "testSecret": _test, "finishSecret": _finish}


def _current(secrets: "SecretsManagerClient", request: Request) -> str:
    return secrets.get_secret_value(SecretId=request.secret_id, VersionStage=CURRENT)["SecretString"]


def _pending(secrets: "SecretsManagerClient", request: Request) -> str | None:
    """Return the value of the version that is to become current; None if it has no value yet."""
    try:
        found = secrets.get_secret_value(SecretId=request.secret_id, VersionId=request.version, VersionStage=PENDING)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
    return found["SecretString"]
