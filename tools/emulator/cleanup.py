"""The end of an update: CloudFormation deletes what left the template in a phase of its own, with the new template.

ministack stays UPDATE_IN_PROGRESS, and shows the old template, until all is deleted. Source: "Stack status codes".
"""

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

    def delete(kind: str, physical_id: str, props: Json, stack_name: str | None = None, *more: Any) -> Any:
        stack = cloudformation._stacks.get(stack_name) or {}
        template = _template.get()
        if stack.get("StackStatus") == "UPDATE_IN_PROGRESS" and template is not None:
            stack.update(StackStatus=STATUS, _template=template)
            name, stack_id = stack["StackName"], stack["StackId"]
            stacks._add_event(stack_id, name, name, "AWS::CloudFormation::Stack", STATUS, physical_id=stack_id)
        return own_delete(kind, physical_id, props, stack_name, *more)

    stacks._evaluate_conditions, stacks._delete_resource = evaluate, delete
