"""Stacks that are deleted while they are created: what was created is deleted, too.

ministack deletes nothing then, since a stack lists its resources at the end of its creation, and completes the creation
afterwards. Here, the creation goes on behind DELETE_IN_PROGRESS, where on AWS it stops at once: to its end, or until
nothing happens any more, as with a custom resource that never answers.
"""

import asyncio
from contextlib import suppress
from typing import Any

from ministack.services import cloudformation  # type: ignore[import-not-found]
from ministack.services.cloudformation import changesets, handlers  # type: ignore[import-not-found]

CREATING, DELETING = "CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS"
# The most that a resource which the tests create takes, on a busy machine.
QUIET_SECONDS = 5


def register() -> None:
    """Let a deletion wait for the stack's creation."""
    own_delete = handlers._delete_stack_async
    # The end of each creation that runs, by the stack's id.
    ends: dict[str, asyncio.Event] = {}

    def waited_for(own_deploy: Any) -> Any:
        async def deploy(name: str, stack_id: str, *more: Any, **options: Any) -> None:
            stack = cloudformation._stacks[name]
            if stack["StackStatus"] != CREATING:
                await own_deploy(name, stack_id, *more, **options)
                return
            ended = ends[stack_id] = asyncio.Event()
            try:
                await own_deploy(name, stack_id, *more, **options)
            finally:
                del ends[stack_id]
                if stack.pop("_is_deleted", False):
                    stack["StackStatus"] = DELETING
                ended.set()

        return deploy

    async def delete(name: str, stack_id: str, *more: Any, **options: Any) -> None:
        if stack_id in ends:
            cloudformation._stacks[name] |= {"StackStatus": DELETING, "_is_deleted": True}
            await _until_quiet(ends[stack_id], stack_id)
        await own_delete(name, stack_id, *more, **options)

    handlers._delete_stack_async = delete
    for module in (handlers, changesets):
        module._deploy_stack_async = waited_for(module._deploy_stack_async)


async def _until_quiet(end: asyncio.Event, stack_id: str) -> None:
    """Wait for the end of a creation, or until it has had no event for a while."""
    before = -1
    while not end.is_set() and before != len(cloudformation._stack_events.get(stack_id, ())):
        before = len(cloudformation._stack_events.get(stack_id, ()))
        with suppress(TimeoutError):
            await asyncio.wait_for(end.wait(), QUIET_SECONDS)
