"""Checks that a bucket belongs to the stack: the names of buckets that functions write to end with the stack's GUID.

The function's role is limited to such names too. This check fails earlier, with a message that says what to do.
"""

import os


def is_own(bucket: str) -> bool:
    """Return whether a bucket's name ends with the GUID of the function's stack, which STACK_ID names."""
    return bucket.endswith(f"-{_guid()}")


def require_own(bucket: str) -> None:
    """Raise ValueError for a bucket that does not belong to the stack."""
    if not is_own(bucket):
        raise ValueError(
            f"BucketName: found {bucket[:63]!r}, which is not a bucket of this function's stack; write one whose name "
            f"ends with -{_guid()}"
        )


def _guid() -> str:
    """Return the GUID in the stack's id, its last part. Source: "CreateStack" in the CloudFormation API Reference."""
    return os.environ["STACK_ID"].rpartition("/")[2]
