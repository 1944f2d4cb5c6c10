"""Rotations as Secrets Manager runs them: the secret's function is invoked, step by step, in the background.

ministack's RotateSecret invents a rotation: it copies the current value. It does not try again by itself here, as AWS
does after a failure: a caller can start another rotation, which continues the incomplete one.
"""

import contextvars
import threading
from typing import Any

from ministack.core.responses import error_response_json, json_response, new_uuid  # type: ignore[import-not-found]
from ministack.services import lambda_svc, secretsmanager  # type: ignore[import-not-found]

Json = dict[str, Any]

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
# All that is run where a schedule is made that does not rotate at once.
TRIAL = ("testSecret",)

_SETTINGS = ("RotationLambdaARN", "RotationRules")


def register() -> None:
    """Replace RotateSecret, and let a version without a value be none to GetSecretValue."""
    own_rotate, own_get = secretsmanager._rotate_secret, secretsmanager._get_secret_value

    def get(data: Json) -> Any:
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        version = ((secret or {}).get("Versions") or {}).get(data.get("VersionId"))
        if version and version["SecretString"] is None and version["SecretBinary"] is None:
            text = "Secrets Manager can't find the specified secret value for VersionId."
            return error_response_json("ResourceNotFoundException", text, 400)
        return own_get(data)

    secretsmanager._get_secret_value = get
    secretsmanager._rotate_secret = lambda data: _rotate(data, own_rotate)


def _rotate(data: Json, own_rotate: Any) -> Any:
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    if not secret or secret.get("DeletedDate") or secretsmanager._is_replica(secret):
        return own_rotate(data)
    settings = {name: data.get(name) or secret.get(name) for name in _SETTINGS}
    function = _function(settings["RotationLambdaARN"])
    if not settings["RotationLambdaARN"]:
        text = "No Lambda rotation function ARN is associated with this secret."
        return error_response_json("InvalidRequestException", text, 400)
    if function is None:
        text = (
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
            "access to the principal secretsmanager.amazonaws.com."
        )
        return error_response_json("AccessDeniedException", text, 400)
    secret.update(settings, RotationEnabled=True)
    pending, _ = secretsmanager._find_stage_version(secret, "AWSPENDING")
    current, _ = secretsmanager._find_stage_version(secret, "AWSCURRENT")
    trial = secret["Versions"].get(pending, {}).get("_trial")
    if pending and pending != current and not trial:
        _start(function, secret, pending, STEPS)
        text = "A previous rotation isn't complete. That rotation will be reattempted."
        return error_response_json("InvalidRequestException", text, 400)
    version = data.get("ClientRequestToken") or new_uuid()
    steps = STEPS if data.get("RotateImmediately", True) else TRIAL
    secretsmanager._remove_stage_everywhere(secret, "AWSPENDING")
    secret["Versions"][version] = {
        "SecretString": None,
        "SecretBinary": None,
        "CreatedDate": secret["LastChangedDate"],
        "Stages": ["AWSPENDING"],
        "_trial": steps == TRIAL,
    }
    _start(function, secret, version, steps)
    return json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version})


def _function(arn: str | None) -> Json | None:
    """Return the record of a function that Secrets Manager may invoke."""
    record, config, _name = lambda_svc._get_func_record_for_ref(arn) if arn else (None, None, "")
    if record is None or config is None:
        return None
    allowed = [statement["Principal"] for statement in record["policy"]["Statement"]]
    if {"Service": "secretsmanager.amazonaws.com"} not in allowed:
        return None
    found: Json = lambda_svc._execution_record_for_config(record, config)
    return found


def _start(function: Json, secret: Json, version: str, steps: tuple[str, ...]) -> None:
    context = contextvars.copy_context()
    threading.Thread(target=lambda: context.run(_run, function, secret, version, steps), daemon=True).start()


def _run(function: Json, secret: Json, version: str, steps: tuple[str, ...]) -> None:
    for step in steps:
        event = {"Step": step, "SecretId": secret["ARN"], "ClientRequestToken": version}
        if lambda_svc._execute_function(function, event).get("error"):
            break
    if steps == TRIAL:
        secret["Versions"].pop(version, None)
