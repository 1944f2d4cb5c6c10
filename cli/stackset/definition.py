"""A stack set's definition, as CreateStackSet and UpdateStackSet take it."""

from typing import Any

from cli.capabilities import capabilities
from cli.stackset.request import Request
from cli.stackset.state import StackSetState
from resilient_website.facts.cloudformation_quotas import HIDDEN_VALUE


def new(request: Request) -> dict[str, Any]:
    """Return the arguments that create the set. Conflicting operations are queued (managed execution)."""
    values = [{"ParameterKey": name, "ParameterValue": value} for name, value in request.parameters.items()]
    arguments = {**_always(request), **_template(request), "Parameters": values}
    if request.service_managed:
        arguments["AutoDeployment"] = _auto_deployment(request)
    return arguments


def changed(request: Request, found: StackSetState) -> dict[str, Any]:
    """Return the arguments that update the set and all of its stacks; values that are not given stay."""
    arguments = {**_always(request), **_template(request), "Parameters": _values(request, found)}
    if request.auto_deployment is not None:
        arguments["AutoDeployment"] = _auto_deployment(request)
    return arguments


def same(request: Request, found: StackSetState) -> dict[str, Any]:
    """Return the arguments that leave the set unchanged, for an operation on some of its stacks."""
    declared = request.template.get("Parameters") or {}
    values = [{"ParameterKey": name, "UsePreviousValue": True} for name in found.parameters() if name in declared]
    return {**_always(request), "UsePreviousTemplate": True, "Parameters": values}


def _always(request: Request) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "PermissionModel": request.permission_model,
        "Capabilities": capabilities(request.template),
        "ManagedExecution": {"Active": True},
    }
    if request.administration_role_arn:
        arguments["AdministrationRoleARN"] = request.administration_role_arn
    if request.execution_role_name:
        arguments["ExecutionRoleName"] = request.execution_role_name
    return arguments


def _template(request: Request) -> dict[str, Any]:
    if request.template_url:
        return {"TemplateURL": request.template_url}
    return {"TemplateBody": request.template_text}


def _auto_deployment(request: Request) -> dict[str, Any]:
    # RetainStacksOnAccountRemoval is allowed only with Enabled (AutoDeployment in the CloudFormation API reference).
    enabled = bool(request.auto_deployment)
    return {"Enabled": True, "RetainStacksOnAccountRemoval": request.retain_stacks} if enabled else {"Enabled": False}


def _values(request: Request, found: StackSetState) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = []
    for name in request.template.get("Parameters") or {}:
        if name in request.parameters and request.parameters[name] != HIDDEN_VALUE:
            values.append({"ParameterKey": name, "ParameterValue": request.parameters[name]})
        elif name in found.parameters():
            values.append({"ParameterKey": name, "UsePreviousValue": True})
    return values
