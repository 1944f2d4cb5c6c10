"""AWS::CloudFormation::Macro: which macros an account has in a Region, and calling one.

The event, the answer and the wording of failures are those of "Creating CloudFormation macro definitions".
"""

import json
import uuid
from typing import Any

from ministack.core.responses import (  # type: ignore[import-not-found]
    AccountRegionScopedDict,
    get_account_id,
    get_region,
)
from ministack.services import lambda_svc  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

Json = dict[str, Any]

# name -> the ARN of the function, in the request's account and Region
_macros = AccountRegionScopedDict()

# The ARNs of the functions that were called as macros.
called: set[str] = set()


class MacroError(Exception):
    """Why a macro gave no template, in CloudFormation's words."""


def register() -> None:
    """Add the resource type."""
    provisioners._RESOURCE_HANDLERS["AWS::CloudFormation::Macro"] = {
        "create": _create,
        "update": _update,
        "delete": lambda physical_id, _props: _macros.pop(physical_id, None),
    }
    provisioners._REPLACING_PROPERTIES["AWS::CloudFormation::Macro"] = ("Name",)


def _create(_logical_id: str, props: Json, _stack: str) -> tuple[str, Json]:
    if props["Name"] in _macros:
        raise ValueError(f"{props['Name']} already exists")
    return _update(props["Name"], {}, props, _stack)


def _update(physical_id: str, _old: Json, new: Json, _stack: str) -> tuple[str, Json]:
    _macros[physical_id] = new["FunctionName"]
    return physical_id, {}


def call(name: str, params: Json, fragment: Json, parameter_values: Json) -> Json:
    """Return what the macro makes of the fragment."""
    identity = f"{get_account_id()}::{name}"
    if name not in _macros:
        raise MacroError(f"No transform named {identity} found.")
    event = {
        "region": get_region(),
        "accountId": get_account_id(),
        "fragment": fragment,
        "transformId": identity,
        "params": params,
        "requestId": str(uuid.uuid4()),
        "templateParameterValues": parameter_values,
    }
    answer = _invoke(_macros[name], event)
    if not isinstance(answer, dict) or "status" not in answer or answer.get("requestId") != event["requestId"]:
        raise MacroError(f"Received malformed response from transform {identity}")
    if str(answer["status"]).lower() != "success":
        message = answer.get("errorMessage")
        reported = f"failed with: {message}" if message else "failed without an error message"
        raise MacroError(f"Transform {identity} {reported}. Rollback requested by user.")
    if not isinstance(answer.get("fragment"), dict):
        raise MacroError("Template format error: unsupported structure.")
    made: Json = answer["fragment"]
    return made


def _invoke(arn: str, event: Json) -> Any:
    """Run the deployed function, in its own process, and return what it returned (None if it failed)."""
    record, config, _name = lambda_svc._get_func_record_for_ref(arn)
    if record is None or config is None:
        return None
    called.add(config["FunctionArn"])
    result = lambda_svc._execute_function(lambda_svc._execution_record_for_config(record, config), event)
    if result.get("error"):
        return None
    body = result.get("body")
    try:
        return json.loads(body) if isinstance(body, str | bytes) else body
    except ValueError:
        return None
