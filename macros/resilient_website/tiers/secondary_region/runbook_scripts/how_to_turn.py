"""Says how to turn CloudFront to this Region: AWS CloudShell has what signs the request, and this runtime has not."""

from typing import Any


def handler(events: dict[str, Any], context: Any) -> dict[str, str]:
    """Return the command that writes `Region` as `Key` into the key value store `Store`."""
    del context
    store = events["Store"]
    etag = f"$(aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn {store} --query ETag --output text)"
    put = f"aws cloudfront-keyvaluestore put-key --kvs-arn {store} --key {events['Key']} --value {events['Region']}"
    return {"Command": f'{put} --if-match "{etag}"', "Next": "Run Command in AWS CloudShell: it turns visitors here"}
