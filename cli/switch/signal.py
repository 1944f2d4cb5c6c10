"""The switch signal: an object in the fallback bucket in the secondary Region, which turns DNS while it is there.

A Route 53 health check reads it through the regional API there. So turning needs the data planes of that Region and of
Route 53 only, and no change of a record, which would need Route 53's control plane in us-east-1.
"""

from typing import Any

from resilient_website.tiers.secondary_region.signal import KEY

BODY = b"active\n"


def is_set(client: Any, region: str, bucket: str) -> bool:
    """Return whether the signal is there: the secondary half answers visitors."""
    found = client("s3", region).list_objects_v2(Bucket=bucket, Prefix=KEY, MaxKeys=1)
    return any(entry["Key"] == KEY for entry in found.get("Contents", []))


def put(client: Any, region: str, bucket: str) -> None:
    """Turn DNS to the secondary half."""
    client("s3", region).put_object(
        Bucket=bucket, Key=KEY, Body=BODY, ContentType="text/plain; charset=utf-8", CacheControl="no-store"
    )


def remove(client: Any, region: str, bucket: str) -> None:
    """Turn DNS to the primary half."""
    client("s3", region).delete_object(Bucket=bucket, Key=KEY)
