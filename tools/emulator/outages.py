"""Outages of load balancers and buckets for requests within AWS, while a test requests it.

`PUT /_emulator/outages` with a JSON object: a load balancer's DNS name or a bucket's name, and how many seconds it
lasts until the client gives up. It replaces the previous setting; an empty object ends all outages.
"""

import asyncio
import json
from typing import Any

from ministack.core.responses import new_uuid  # type: ignore[import-not-found]
from ministack.services import cloudfront, s3  # type: ignore[import-not-found]

PATH = "/_emulator/outages"

_down: dict[str, float] = {}


def register() -> None:
    """Have S3 answer with its own 503 for a bucket that is down, to CloudFront and to API Gateway."""
    own_serve, own_get = s3.serve_cloudfront_origin_fetch, s3._get_object

    def serve(bucket: str, key: str, *arguments: Any, **options: Any) -> Any:
        return unavailable() if bucket in _down else own_serve(bucket, key, *arguments, **options)

    def get(bucket: str, key: str, *arguments: Any, **options: Any) -> Any:
        return unavailable() if bucket in _down else own_get(bucket, key, *arguments, **options)

    s3.serve_cloudfront_origin_fetch, s3._get_object = serve, get


async def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take what is down from the body of a request; return the response."""
    said = json.loads(body)
    _down.clear()
    _down.update({str(name): float(seconds) for name, seconds in said.items()})
    return 204, {}, b""


async def check(load_balancer: str) -> None:
    """Raise what CloudFront makes of a load balancer that is down, after the time that it waits."""
    if load_balancer in _down:
        await asyncio.sleep(_down[load_balancer])
        raise cloudfront.OriginTimeout(f"{load_balancer} is down")


def unavailable() -> tuple[int, dict[str, str], bytes]:
    """Return the answer of S3 that can't serve. Source: "Error responses" in the Amazon S3 API reference."""
    body = f"<Error><Code>ServiceUnavailable</Code><Message>Reduce your request rate.</Message>{new_uuid()}</Error>"
    return 503, {"Content-Type": "application/xml"}, body.encode()
