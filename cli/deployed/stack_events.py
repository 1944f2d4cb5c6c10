"""The events of a stack's last operation: create, update, rollback or delete."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

# The events with which an operation begins, of the stack itself. A rollback belongs to the operation before it.
BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS")

Event = Mapping[str, Any]


def last_operation(page: Callable[..., Mapping[str, Any]], stack: str) -> Iterator[Event]:
    """Yield the events of the last operation, newest first, with the one that began it.

    `page` is DescribeStackEvents of a client: it returns one page of a stack's events, newest first.
    """
    arguments = {"StackName": stack}
    while True:
        answer = page(**arguments)
        for event in answer.get("StackEvents", []):
            yield event
            if _of_stack(event) and event.get("ResourceStatus") in BEGINNINGS:
                return
        if not answer.get("NextToken"):
            return
        arguments["NextToken"] = answer["NextToken"]


def first_failure(events: Iterator[Event] | list[Event]) -> Event | None:
    """Return the event of the first resource that failed for a reason, of events that are newest first."""
    failed = None
    for event in events:
        if event.get("ResourceStatus", "").endswith("_FAILED") and event.get("ResourceStatusReason"):
            failed = event
    return failed


def rollback(events: list[Event]) -> Event | None:
    """Return the event with which the stack was rolled back for a reason, such as an alarm; None if it was not."""
    begun = [each for each in events if _of_stack(each) and "ROLLBACK_IN_PROGRESS" in each.get("ResourceStatus", "")]
    return next((each for each in begun if each.get("ResourceStatusReason")), None)


def _of_stack(event: Event) -> bool:
    return event.get("PhysicalResourceId") == event.get("StackId")
