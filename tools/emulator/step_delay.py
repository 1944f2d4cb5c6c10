"""Time between the steps of a stack's operation, so that other requests fall between any two of them.

`PUT /_emulator/pace` with a JSON object: `{"seconds": 0.05}` is how long a step takes that makes, changes or deletes a
resource; 0 ends it. With `"visited": true` the step ends before that, once a visitor who came after it has an answer.
ministack takes most steps at once on its event loop, without serving requests in between.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ministack.services.cloudformation import stacks  # type: ignore[import-not-found]

PATH = "/_emulator/pace"

# The functions that take a step, and where their arguments hold the properties before and after.
STEPS: dict[str, Callable[[tuple[Any, ...]], bool]] = {
    "_provision_resource": lambda _: True,
    "_update_resource": lambda arguments: bool(arguments[2] != arguments[3]),
    "_delete_resource": lambda _: True,
}

_pace: dict[str, Any] = {"seconds": 0.0, "visited": False}

# How many visitors have come, and which was the last of them that has been answered.
_visits = {"come": 0, "answered": 0}
_answered = threading.Condition()


def register() -> None:
    """Take every step on a thread, and let it last."""
    own_rule = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: _pace["seconds"] > 0 or own_rule(name)
    for name, changes in STEPS.items():
        setattr(stacks, name, _paced(getattr(stacks, name), changes))


async def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take the pace from the body of a request; return the response."""
    asked = json.loads(body)
    _pace.update(seconds=float(asked["seconds"]), visited=asked.get("visited", False))
    return 204, {}, b""


@contextmanager
def visit() -> Iterator[None]:
    """Tell the steps about a visitor's request, and about its response."""
    _visits["come"] += 1
    number = _visits["come"]
    try:
        yield
    finally:
        with _answered:
            _visits["answered"] = max(number, _visits["answered"])
            _answered.notify_all()


def _paced(own_step: Callable[..., Any], changes: Callable[[tuple[Any, ...]], bool]) -> Callable[..., Any]:
    def step(*arguments: Any) -> Any:
        made = own_step(*arguments)
        if _pace["seconds"] and changes(arguments):
            _let_time_pass()
        return made

    return step


def _let_time_pass() -> None:
    if not _pace["visited"]:
        time.sleep(_pace["seconds"])
        return
    next_one = _visits["come"] + 1
    with _answered:
        _answered.wait_for(lambda: _visits["answered"] >= next_one, timeout=_pace["seconds"])
