"""Errors for a stack in another Region that can't be deleted."""

from unittest.mock import Mock

from remote_stack.removal import DELETION, first_failure

STACK = "arn:aws:cloudformation:us-west-2:123456789012:stack/s/guid"
Row = tuple[str, str, str]

DELETED: tuple[Row, ...] = (
    ("s", "DELETE_FAILED", "The following resource(s) failed to delete: [Bucket, Topic]."),
    ("Topic", "DELETE_FAILED", "Resource deletion cancelled"),
    ("Bucket", "DELETE_FAILED", "The bucket you tried to delete is not empty"),
    ("s", "DELETE_IN_PROGRESS", "User Initiated"),
)
UPDATED: tuple[Row, ...] = (
    ("s", "UPDATE_ROLLBACK_COMPLETE", ""),
    ("Api", "UPDATE_FAILED", "of last year"),
    ("s", "UPDATE_IN_PROGRESS", "User Initiated"),
    ("Api", "CREATE_FAILED", "of the year before"),
)


def reported(*rows: Row, begins: tuple[str, ...] | None = None) -> str:
    """Return the failure that is found in events, of which the newest is the first."""
    events = [
        {
            "StackId": STACK,
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": STACK if logical_id == "s" else "x",
            "ResourceStatus": status,
            "ResourceStatusReason": reason,
        }
        for logical_id, status, reason in rows
    ]
    cloudformation = Mock()
    cloudformation.get_paginator.return_value.paginate.return_value = [{"StackEvents": events}]
    return first_failure(cloudformation, STACK, begins) if begins else first_failure(cloudformation, STACK)


def test_failed_deletion_is_not_explained_by_an_older_failure() -> None:
    assert reported(*DELETED, *UPDATED, begins=DELETION) == "Bucket: The bucket you tried to delete is not empty"
    assert reported(*DELETED[-1:], *UPDATED, begins=DELETION) == ""


def test_creation_that_removes_itself_is_explained_by_its_own_failure() -> None:
    created = (("Api", "CREATE_FAILED", "no such key"), ("s", "CREATE_IN_PROGRESS", "User Initiated"), *UPDATED)
    assert reported(*DELETED[-1:], *created) == "Api: no such key"
    assert reported(*DELETED, *created) == "Api: no such key"
    assert reported(*UPDATED) == "Api: of last year"
