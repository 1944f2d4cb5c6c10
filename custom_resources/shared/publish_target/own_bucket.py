"""Which buckets are the stack's own: the macro ends the names of those that a function writes into in the stack's GUID.

The function's role names them so too. This says it in words, and before anything is asked.
"""

import os


def is_own(bucket: str) -> bool:
    """Tell whether a bucket's name ends in the GUID of the function's stack, which STACK_ID names."""
    return bucket.endswith(f"-{_guid()}")


def require_own(bucket: str) -> None:
    """Raise ValueError for a bucket that is not the stack's."""
    if not is_own(bucket):
        raise ValueError(
            f"BucketName: found {bucket[:63]!r}, which is not a bucket of this function's stack; write one whose name "
            f"ends in -{_guid()}"
        )


def _guid() -> str:
    """Return the GUID in the stack's id, its last part. Source: "CreateStack" in the CloudFormation API Reference."""
    return os.environ["STACK_ID"].rpartition("/")[2]
