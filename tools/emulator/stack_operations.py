"""The end of a stack's operation, for those who would otherwise ask for its status again and again.

`PUT /_emulator/stack-operation` with a JSON object: `account`, `region`, `stack` (a name or an id) and `seconds`. It is
answered when the stack has no operation in progress, or when the time is over. What became of it, DescribeStacks says.
"""

import asyncio
import json
import time

from ministack.services import cloudformation  # type: ignore[import-not-found]

PATH = "/_emulator/stack-operation"

PAUSE_SECONDS = 0.05


async def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take which stack it is from the body of a request; return the response once its operation has ended."""
    asked = json.loads(body)
    end = time.monotonic() + asked["seconds"]
    key = _key(asked["account"], asked["region"], asked["stack"])
    while _is_in_progress(key) and time.monotonic() < end:
        await asyncio.sleep(PAUSE_SECONDS)
    return 204, {}, b""


def _key(account: str, region: str, stack: str) -> tuple[str, str, str]:
    """Return the key of a stack with this name or id."""
    for key, record in list(cloudformation._stacks._data.items()):
        if record["StackId"] == stack:
            return (account, region, key[2])
    return (account, region, stack)


def _is_in_progress(key: tuple[str, str, str]) -> bool:
    record = cloudformation._stacks._data.get(key)
    return record is not None and record["StackStatus"].endswith("_IN_PROGRESS")
