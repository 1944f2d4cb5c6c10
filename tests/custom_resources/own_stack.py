"""The stack whose function is tested: its requests carry this id, and the function's STACK_ID is the same."""

ACCOUNT = "123456789012"
GUID = "0a1b2c3d-0001-11ef-8000-0123456789ab"
# The macro gives buckets that a function writes into this ending.
BUCKET = f"bucket-{GUID}"
STACK_ID = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/s/{GUID}"
OTHER_STACK_ID = STACK_ID.replace("0a1b2c3d", "ffffffff")
