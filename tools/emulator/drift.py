"""Change sets that know how resources really are: `DeploymentMode: REVERT_DRIFT`, as far as a promoted replica goes.

Source: "Using drift-aware change sets" in the CloudFormation guide: a template that is updated to what a resource is
changes nothing but the record of it (`SyncWithActual`). That AWS sees a promotion so is not proved: the schema says of
SourceDBInstanceIdentifier that it is write-only, and the type's ReadHandler.java returns it.
"""

import re
from contextvars import ContextVar
from typing import Any

from ministack.core.responses import request_scope  # type: ignore[import-not-found]
from ministack.services import rds  # type: ignore[import-not-found]
from ministack.services.cloudformation import changesets, handlers  # type: ignore[import-not-found]

from tools.emulator import replicas

Json = dict[str, Any]

MODE = "REVERT_DRIFT"
PROPERTY = "SourceDBInstanceIdentifier"

_aware: ContextVar[bool] = ContextVar("aware_of_drift", default=False)


def register() -> None:
    """Wrap the actions of change sets; before they get threads of their own."""
    actions = handlers._ACTION_HANDLERS
    own_create, own_describe, own_execute = (actions[f"{verb}ChangeSet"] for verb in ("Create", "Describe", "Execute"))

    def create(params: Json) -> Any:
        mode = handlers._p(params, "DeploymentMode")
        if mode and (mode != MODE or handlers._p(params, "ChangeSetType", "UPDATE") != "UPDATE"):
            return handlers._error("ValidationError", "REVERT_DRIFT is for change sets of type UPDATE.")
        answer = own_create(params)
        made = re.search(rb"<Id>([^<]*)</Id>", answer[2])
        if mode and made:
            change_set = _found(made[1].decode(), "")
            change_set["_drift_aware"] = True
            for change in change_set["Changes"]:
                _mark(change["ResourceChange"], change_set["StackId"])
        return answer

    def describe(params: Json) -> Any:
        status, headers, body = own_describe(params)
        if _asked(params).get("_drift_aware"):
            end = b"</DescribeChangeSetResult>"
            body = body.replace(end, f"<DeploymentMode>{MODE}</DeploymentMode>".encode() + end)
        return status, headers, body

    def execute(params: Json) -> Any:
        token = _aware.set(bool(_asked(params).get("_drift_aware")))
        try:
            return own_execute(params)
        finally:
            _aware.reset(token)

    actions.update(CreateChangeSet=create, DescribeChangeSet=describe, ExecuteChangeSet=execute)


def as_it_is(name: str, props: Json) -> Json:
    """Return what the record of a database says; in a drift-aware deployment without a source that it has no more."""
    if not _aware.get() or replicas.is_replica(rds._instances.get(name, {})):
        return props
    return {field: value for field, value in props.items() if field != PROPERTY}


def _mark(change: Json, stack_id: str) -> None:
    """Mark a change that only removes the source of a promoted replica: RDS has removed it already."""
    changed = {detail["Target"].get("Name") for detail in change.get("Details", [])}
    if change["ResourceType"] != "AWS::RDS::DBInstance" or changed != {PROPERTY}:
        return
    _, _, _, region, account, *_ = stack_id.split(":")
    with request_scope(account, region):
        if not replicas.is_replica(rds._instances.get(change["PhysicalResourceId"], {})):
            change["Action"] = "SyncWithActual"


def _asked(params: Json) -> Json:
    return _found(handlers._p(params, "ChangeSetName"), handlers._p(params, "StackName"))


def _found(name: str, stack: str) -> Json:
    return changesets._find_change_set(name, stack)[1] or {}
