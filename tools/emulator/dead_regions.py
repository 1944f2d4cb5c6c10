"""Lost Regions: no call of their APIs is answered, and no request to what they serve.

`PUT /_emulator/dead-regions` with a JSON object: a Region's name, and how many seconds it takes until its connections
break. It replaces what was said before; an empty object brings all Regions back. What is global lives on where it has
no control plane: names and distributions answer; IAM, Route 53 and CloudFront can't be changed without us-east-1.
"""

import asyncio
import json
import re
import time
from typing import Any

from ministack.services import s3  # type: ignore[import-not-found]
from ministack.services.cloudfront import OriginTimeout  # type: ignore[import-not-found]

from tools.emulator import http_server, outages

PATH = "/_emulator/dead-regions"

# Source: "Global services" in "AWS Fault Isolation Boundaries".
CONTROL_PLANES = dict.fromkeys(("cloudfront", "iam", "route53"), "us-east-1")
_SCOPE = re.compile(r"\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")

_dead: dict[str, float] = {}
_since: dict[str, float] = {}


def register() -> None:
    """Let S3 answer 503 for the buckets of a dead Region."""
    own_serve, own_get = s3.serve_cloudfront_origin_fetch, s3._get_object

    def serve(bucket: str, *arguments: Any, **options: Any) -> Any:
        return outages.unavailable() if _holds(bucket) else own_serve(bucket, *arguments, **options)

    def get(bucket: str, *arguments: Any, **options: Any) -> Any:
        return outages.unavailable() if _holds(bucket) else own_get(bucket, *arguments, **options)

    s3.serve_cloudfront_origin_fetch, s3._get_object = serve, get


async def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take which Regions are dead from the body of a request; return the response."""
    _dead.clear()
    _dead.update({str(region): float(seconds) for region, seconds in json.loads(body).items()})
    for region in [region for region in _since if region not in _dead]:
        del _since[region]
    for region in _dead:
        _since.setdefault(region, time.time())
    return 204, {}, b""


def is_dead(region: str) -> bool:
    """Tell whether a Region is dead."""
    return region in _dead


def died(region: str) -> float | None:
    """Return when a Region died, as `time.time` does; None if it lives."""
    return _since.get(region)


async def broken(region: str) -> bool:
    """Break the connection of this request if its Region is dead, after the time that it takes; tell whether."""
    if region not in _dead:
        return False
    await asyncio.sleep(_dead[region])
    http_server.transport.get().abort()
    return True


async def check(region: str) -> None:
    """Raise what CloudFront makes of an origin in a dead Region, after the time that it waits."""
    if region in _dead:
        await asyncio.sleep(_dead[region])
        raise OriginTimeout(f"{region} does not answer")


def of_request(headers: dict[str, Any], query: dict[str, list[str]]) -> str:
    """Return the Region that a signed request is for, empty if it is not signed."""
    scope = _SCOPE.search(headers.get("authorization", "")) or _SCOPE.search((query.get("X-Amz-Credential") or [""])[0])
    if scope is None:
        return ""
    return CONTROL_PLANES.get(scope["service"], scope["region"])


def _holds(bucket: str) -> bool:
    return any(key[-1] == bucket and record.get("region") in _dead for key, record in list(s3._buckets._data.items()))
