"""Resources that an update does not change: they are skipped on the event loop. CloudFormation does not touch them.

ministack would start a thread for each resource of a type whose steps block; with delayed steps, for each resource.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import stacks  # type: ignore[import-not-found]


def register() -> None:
    """Start threads for steps that change something."""
    own_run = stacks.run_reentrant

    async def run(step: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        # The type, the physical id, and the properties before and after.
        if step is stacks._update_keeping_seed and arguments[2] == arguments[3]:
            await asyncio.sleep(0)  # the loop has requests to serve
            return step(*arguments)
        return await own_run(step, *arguments, **named)

    stacks.run_reentrant = run
