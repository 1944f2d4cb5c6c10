"""What a custom resource promises of each answer, whatever happened."""

from typing import Any

from tests.custom_resources.response_url import MAX_RESPONSE_BYTES
from tests.faults.cases import CREATE, FAILED, SUCCESS, Step

Json = dict[str, Any]

MAX_ID_LENGTH = 1024


def broken_by(answer: Json, size: int, event: Json, step: Step) -> list[str]:
    """Return what an answer to an event breaks: its form, its size, its status, its reason and its id."""
    found = []
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        if answer.get(name) != event[name]:
            found.append(f"{name} is {answer.get(name)!r}, not the request's")
    if size >= MAX_RESPONSE_BYTES:
        found.append(f"the answer has {size} bytes")
    if answer.get("Status") not in (SUCCESS, FAILED) or not isinstance(answer.get("Data", {}), dict):
        found.append("the answer is not well-formed")
    reason = answer.get("Reason") or ""
    if answer.get("Status") == FAILED and (not reason or step.says not in reason):
        found.append(f"the reason does not say {step.says!r}: {reason!r}")
    return found + _broken_by_id(str(answer.get("PhysicalResourceId", "")), event, step)


def _broken_by_id(physical_id: str, event: Json, step: Step) -> list[str]:
    if not physical_id or physical_id == "None" or len(physical_id.encode()) > MAX_ID_LENGTH:
        return [f"the physical id is {physical_id!r}"]
    if event["RequestType"] == CREATE:
        return []
    known = event["PhysicalResourceId"]
    if (physical_id != known) != step.replaces:
        return [f"the physical id is {physical_id!r}, and was {known!r}"]
    return []
