"""Time between the steps of a stack's operation, so that other requests fall between any two of them.

`PUT /_emulator/pace` with a JSON object: `{"seconds": 0.05}` is how long a step takes that makes, changes or deletes a
resource; 0 ends it. ministack takes most steps at once on its event loop, without serving requests in between.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import stacks  # type: ignore[import-not-found]

PATH = "/_emulator/pace"

# The functions that take a step, and where their arguments hold the properties before and after.
STEPS: dict[str, Callable[[tuple[Any, ...]], bool]] = {
    "_provision_resource": lambda _: True,
    "_update_resource": lambda arguments: bool(arguments[2] != arguments[3]),
    "_delete_resource": lambda _: True,
}

_pace = {"seconds": 0.0}


def register() -> None:
    """Take every step on a thread, and let it last."""
    own_rule = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: _pace["seconds"] > 0 or own_rule(name)
    for name, changes in STEPS.items():
        setattr(stacks, name, _paced(getattr(stacks, name), changes))


def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take the pace from the body of a request; return the response."""
    _pace["seconds"] = float(json.loads(body)["seconds"])
    return 204, {}, b""


def _paced(own_step: Callable[..., Any], changes: Callable[[tuple[Any, ...]], bool]) -> Callable[..., Any]:
    def step(*arguments: Any) -> Any:
        made = own_step(*arguments)
        if _pace["seconds"] and changes(arguments):
            time.sleep(_pace["seconds"])
        return made

    return step
