"""CloudFormation macros: the resource type, and the transform step that calls the deployed function.

The event and the wording of failures are those of "Creating CloudFormation macro definitions", CloudFormation guide.
"""

import json
import uuid
from typing import Any

from ministack.core.responses import get_account_id, get_region  # type: ignore[import-not-found]
from ministack.services import lambda_svc  # type: ignore[import-not-found]
from ministack.services.cloudformation import (  # type: ignore[import-not-found]
    changesets,
    engine,
    handlers,
    provisioners,
)

Json = dict[str, Any]

# (account, Region, name) -> the ARN of the function
_macros: dict[tuple[str, str, str], str] = {}


def register() -> None:
    """Add the resource type and put the transform step before ministack's own transforms."""
    provisioners._RESOURCE_HANDLERS["AWS::CloudFormation::Macro"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }
    provisioners._REPLACING_PROPERTIES["AWS::CloudFormation::Macro"] = ("Name",)
    own_transforms = engine._apply_transforms

    def apply_transforms(template: Json, provided: Any = None, previous: Any = None) -> Json:
        processed = template
        for entry in _macro_entries(template):
            name, parameters = (entry["Name"], entry.get("Parameters", {})) if isinstance(entry, dict) else (entry, {})
            processed, error = _call(processed, name, parameters, provided, previous)
            if error:
                failed: Json = engine._TransformFailed(template, error)
                return failed
        transformed: Json = own_transforms(processed, provided, previous)
        return transformed

    for module in (engine, handlers, changesets):
        module._apply_transforms = apply_transforms


def _create(_logical_id: str, props: Json, _stack: str) -> tuple[str, Json]:
    _macros[_key(props["Name"])] = props["FunctionName"]
    return props["Name"], {}


def _update(physical_id: str, _old: Json, new: Json, _stack: str) -> tuple[str, Json]:
    _macros[_key(new["Name"])] = new["FunctionName"]
    return physical_id, {}


def _delete(physical_id: str, _props: Json) -> None:
    _macros.pop(_key(physical_id), None)


def _key(name: str) -> tuple[str, str, str]:
    return get_account_id(), get_region(), name


def _macro_entries(template: Json) -> list[Any]:
    """Return the entries of Transform that are no transforms of AWS's own, in their order."""
    declared = template.get("Transform")
    entries = declared if isinstance(declared, list) else [declared]
    names = [(entry, entry.get("Name") if isinstance(entry, dict) else entry) for entry in entries]
    return [entry for entry, name in names if isinstance(name, str) and not name.startswith("AWS::")]


def _call(template: Json, name: str, parameters: Json, provided: Any, previous: Any) -> tuple[Json, str | None]:
    """Return the processed template, or the reason why there is none."""
    identity = f"{get_account_id()}::{name}"
    arn = _macros.get(_key(name))
    if arn is None:
        return template, f"No transform named {identity} found."
    event = {
        "accountId": get_account_id(),
        "region": get_region(),
        "fragment": {key: value for key, value in template.items() if key != "Transform"},
        "transformId": identity,
        "params": parameters,
        "requestId": str(uuid.uuid4()),
        "templateParameterValues": _parameter_values(template, provided, previous),
    }
    answer = _invoke(arn, event)
    status = answer.get("status") if isinstance(answer, dict) else None
    if status is None or answer.get("requestId") != event["requestId"]:
        return template, f"Received malformed response from transform {identity}"
    if str(status).lower() != "success":
        reason = answer.get("errorMessage")
        told = f"failed with: {reason}" if reason else "failed without an error message"
        return template, f"Transform {identity} {told}. Rollback requested by user."
    rest = engine._without_transform(template, name).get("Transform")
    return {**answer["fragment"], **({"Transform": rest} if rest else {})}, None


def _invoke(arn: str, event: Json) -> Any:
    """Run the deployed function, in its own process, and return what it returned (None if it failed)."""
    function = lambda_svc._functions[arn.split(":function:")[1].split(":", maxsplit=1)[0]]
    result = lambda_svc._execute_function(function, event)
    if result.get("error"):
        return None
    body = result.get("body")
    return json.loads(body) if isinstance(body, str | bytes) else body


def _parameter_values(template: Json, provided: Any, previous: Any) -> Json:
    """Return all parameters that have a value; list types as lists."""
    values = engine._transform_parameters(template, provided, previous)
    declared = template.get("Parameters") or {}
    return {
        name: value.split(",") if isinstance(value, str) and _is_list(declared.get(name, {})) else value
        for name, value in values.items()
    }


def _is_list(declaration: Json) -> bool:
    kind = str(declaration.get("Type", ""))
    return kind == "CommaDelimitedList" or kind.startswith("List<")
