"""What CloudFormation does after a custom resource failed to create: it sends a Delete for the id in the response.

ministack sends no Delete. On AWS it is sent during the stack's rollback; here it is sent at once.
"""

from contextlib import suppress
from typing import Any

from ministack.services.cloudformation import custom_resource  # type: ignore[import-not-found]

# (stack, logical id) -> the id in the last response that failed.
_failed: dict[tuple[str, str], str] = {}


def register() -> None:
    """Wrap the delivery of responses, and the invocation of functions."""
    own_deliver, own_invoke = custom_resource.deliver_response, custom_resource.invoke_custom_resource

    def deliver(token: str, response: dict[str, Any]) -> Any:
        if response.get("Status") == "FAILED":
            identifier = str(response.get("PhysicalResourceId") or "")
            _failed[response.get("StackId", ""), response.get("LogicalResourceId", "")] = identifier
        return own_deliver(token, response)

    def invoke(
        kind: str, logical_id: str, props: Any, stack: str, stack_id: str, type_name: str, *more: Any, **options: Any
    ) -> Any:
        try:
            return own_invoke(kind, logical_id, props, stack, stack_id, type_name, *more, **options)
        except RuntimeError:
            identifier = _failed.pop((stack_id, logical_id), "")
            if kind == "Create" and identifier:
                with suppress(RuntimeError, TimeoutError):
                    own_invoke("Delete", logical_id, props, stack, stack_id, type_name, physical_id=identifier)
            raise

    custom_resource.deliver_response, custom_resource.invoke_custom_resource = deliver, invoke
