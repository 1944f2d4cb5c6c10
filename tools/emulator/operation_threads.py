"""Stack operations on threads of their own, because a macro is a function that may call AWS.

ministack reads a template and starts the operation on its event loop. A macro that ran there would stop the whole
emulator, and one that asks it for anything would wait for itself.
"""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from ministack.core.concurrency import run_reentrant  # type: ignore[import-not-found]
from ministack.services import cloudformation  # type: ignore[import-not-found]
from ministack.services.cloudformation import changesets, handlers, stacks  # type: ignore[import-not-found]

ACTIONS = ("CreateStack", "UpdateStack", "CreateChangeSet")

_loop: asyncio.AbstractEventLoop


def register() -> None:
    """Move the actions that apply transforms, and let them start their stack's task from where they are."""
    own_request = cloudformation.handle_request

    async def handle_request(*arguments: Any) -> Any:
        global _loop  # noqa: PLW0603
        _loop = asyncio.get_running_loop()
        answer = await own_request(*arguments)
        return await answer if inspect.isawaitable(answer) else answer

    cloudformation.handle_request = handle_request
    for action in ACTIONS:
        handlers._ACTION_HANDLERS[action] = _threaded(handlers._ACTION_HANDLERS[action])
    for module in (stacks, handlers, changesets):
        module._create_stack_task_in_region = _start


def _threaded(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    # A task, not a coroutine: it takes the request's context (account, Region, token) at once.
    return lambda params: asyncio.ensure_future(run_reentrant(handler, params))


def _start(operation: Any, stack: Any, stack_id: Any = None) -> None:
    """Start an operation, so that the next request finds it in progress."""
    with stacks._stack_region_context(stack, stack_id):
        if _is_on_loop():
            _loop.create_task(operation)
        else:
            _loop.call_soon_threadsafe(_loop.create_task, operation)


def _is_on_loop() -> bool:
    try:
        return asyncio.get_running_loop() is _loop
    except RuntimeError:
        return False
