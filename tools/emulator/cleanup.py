"""The end of an update: CloudFormation deletes what left the template in a phase of its own, with the new template.

ministack stays UPDATE_IN_PROGRESS, and shows the old template, until all is deleted. Source: "Stack status codes". And
the deletion of a stack, in which ministack deletes what a resource needs that it could not delete.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import cloudformation  # type: ignore[import-not-found]
from ministack.services.cloudformation import stacks  # type: ignore[import-not-found]

Json = dict[str, Any]

STATUS = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"

_template: ContextVar[Json | None] = ContextVar("template_of_the_update", default=None)


def register() -> None:
    """Note an update's template when it begins, and begin the phase with the first deletion."""
    own_evaluate, own_delete = stacks._evaluate_conditions, stacks._delete_resource

    def evaluate(template: Json, parameters: Json) -> Any:
        _template.set(template)
        return own_evaluate(template, parameters)

    def delete(kind: str, physical_id: str, props: Json, stack_name: str | None = None, name: str = "") -> Any:
        stack = cloudformation._stacks.get(stack_name) or {}
        if stack.get("StackStatus") == "DELETE_IN_PROGRESS":
            return _keeping_dependencies(stack, name, lambda: own_delete(kind, physical_id, props, stack_name, name))
        template = _template.get()
        if stack.get("StackStatus") == "UPDATE_IN_PROGRESS" and template is not None:
            stack.update(StackStatus=STATUS, _template=template)
            title, stack_id = stack["StackName"], stack["StackId"]
            stacks._add_event(stack_id, title, title, "AWS::CloudFormation::Stack", STATUS, physical_id=stack_id)
        return own_delete(kind, physical_id, props, stack_name, name)

    stacks._evaluate_conditions, stacks._delete_resource = evaluate, delete


def _keeping_dependencies(stack: Json, name: str, own_delete: Callable[[], Any]) -> Any:
    """Delete a resource, unless one that depends on it could not be deleted: CloudFormation does not get to it then."""
    failed: dict[str, set[str]] = stack.setdefault("_failed_deletions", {})
    if any(name in kept for other, kept in failed.items() if other != name):
        raise ValueError("Resource deletion cancelled")
    try:
        deleted = own_delete()
    except Exception:
        definitions = (stack.get("_template") or {}).get("Resources", {})
        failed[name] = set(stacks._with_dependencies([name], definitions, set(stack["_resources"]))) - {name}
        raise
    failed.pop(name, None)
    return deleted
