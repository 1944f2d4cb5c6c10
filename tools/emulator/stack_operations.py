"""The end of a stack's operation, and what became of the stack, in one answer instead of many.

`PUT /_emulator/stack-operation` with a JSON object: `account`, `region`, `stack` (a name or an id) and `seconds`. It is
answered when the stack has no operation in progress, or when the time is over, with a JSON object: `status`, `outputs`,
`resources` (physical ids by logical ids) and `failures` (what failed in its last creation or update, the newest first).
The object is empty if there is no such stack.

Pages of resources and of events, of which a stack has hundreds, take 20 milliseconds each to write and to read.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from ministack.services import cloudformation  # type: ignore[import-not-found]

Json = dict[str, Any]

PATH = "/_emulator/stack-operation"

PAUSE_SECONDS = 0.02


async def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take which stack it is from the body of a request; return the response once its operation has ended."""
    asked = json.loads(body)
    end = time.monotonic() + asked["seconds"]
    key = _key(asked["account"], asked["region"], asked["stack"])
    while _is_in_progress(key) and time.monotonic() < end:
        await asyncio.sleep(PAUSE_SECONDS)
    record = cloudformation._stacks._data.get(key)
    answer = _described(record) if record else {}
    return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()


def _described(record: Json) -> Json:
    return {
        "status": record["StackStatus"],
        "outputs": {output["OutputKey"]: output["OutputValue"] for output in record.get("Outputs", [])},
        "resources": {name: entry["PhysicalResourceId"] for name, entry in record.get("_resources", {}).items()},
        "failures": [
            f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
            for event in _last_operation(record["StackId"])
            if event["ResourceStatus"].endswith("_FAILED")
        ],
    }


def _last_operation(stack_id: str) -> Iterator[Json]:
    """Return the events since the stack was last created or updated, the newest first."""
    _, _, _, region, account, *_ = stack_id.split(":")
    events = cloudformation._stack_events.get_scoped(account, region, stack_id) or []
    return takewhile(lambda event: not _begins_operation(event), reversed(events))


def _begins_operation(event: Json) -> bool:
    """Tell whether an event is a stack's own, and the first one of its creation or update."""
    is_own = event["PhysicalResourceId"] == event["StackId"]
    return is_own and event["ResourceStatus"] in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")


def _key(account: str, region: str, stack: str) -> tuple[str, str, str]:
    """Return the key of a stack with this name or id."""
    for key, record in list(cloudformation._stacks._data.items()):
        if record["StackId"] == stack:
            return (account, region, key[2])
    return (account, region, stack)


def _is_in_progress(key: tuple[str, str, str]) -> bool:
    record = cloudformation._stacks._data.get(key)
    return record is not None and record["StackStatus"].endswith("_IN_PROGRESS")
