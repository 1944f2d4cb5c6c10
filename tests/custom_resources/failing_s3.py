"""Makes an S3 client fail on request: the response replaces the server's, so that its retries are real."""

import io
from collections.abc import Callable, Iterator
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from tests.custom_resources.fake_s3 import ERROR, STATUS


class _Raw(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_arguments: Any) -> Iterator[bytes]:
        yield self.read()


def answer(request: AWSPreparedRequest, code: str) -> AWSResponse:
    """Return S3's answer for an error code."""
    return AWSResponse(request.url, STATUS[code], HTTPHeaders(), _Raw(ERROR.format(code=code).encode()))


def fail(s3: Any, operation: str, code: str, *, after: int = 0, times: int = 10_000, key: str = "") -> None:
    """Let an operation (on keys that contain `key`) work `after` times, then fail `times` times."""
    count = 0

    def before_send(request: AWSPreparedRequest, **_more: Any) -> AWSResponse | None:
        nonlocal count
        if key not in request.url:
            return None
        count += 1
        return answer(request, code) if after < count <= after + times else None

    s3.meta.events.register(f"before-send.s3.{operation}", before_send)


def before(s3: Any, operation: str, action: Callable[[AWSPreparedRequest], AWSResponse | None]) -> None:
    """Do something before each request of an operation, and answer in its place if that returns an answer."""
    s3.meta.events.register(f"before-send.s3.{operation}", lambda request, **_more: action(request))
