"""A visitor's view of the site: responses, errors with a page, and connections that break."""

import io
import urllib.request
from email.message import Message
from http.client import BadStatusLine, IncompleteRead
from typing import Any, Self
from urllib.error import HTTPError, URLError

import pytest

from cli.deployed.visits import Internet, Page, ask

URL = "https://site.example.com/"


class Response(io.BytesIO):
    """An open response, whose body breaks off if it is an error."""

    status = 200

    def __init__(self, body: bytes | Exception) -> None:
        super().__init__(b"" if isinstance(body, Exception) else body)
        self.broken = body if isinstance(body, Exception) else None

    def __enter__(self) -> Self:
        return self

    def read(self, *_: Any) -> bytes:
        if self.broken:
            raise self.broken
        return super().read()


def refused(body: bytes | Exception) -> HTTPError:
    return HTTPError(URL, 503, "Service Unavailable", Message(), Response(body))


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        (Response(b"hello \xff"), Page(200, "hello \ufffd")),
        (refused(b"friendly"), Page(503, "friendly")),
        (Response(IncompleteRead(b"hel")), None),
        (refused(IncompleteRead(b"")), None),
        (refused(TimeoutError()), None),
        (BadStatusLine(""), None),
        (URLError("no route"), None),
    ],
    ids=["page", "error", "broken page", "broken error", "slow error", "no HTTP", "no connection"],
)
def test_response_or_none(came: Any, expected: Page | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def urlopen(request: urllib.request.Request, timeout: float) -> Any:
        assert timeout
        assert (request.get_method(), request.full_url) == ("GET", URL)
        if isinstance(came, Exception):
            raise came
        return came

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    assert ask("GET", URL) == expected


def test_status_is_that_of_the_response(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", lambda _request, **_: Response(b"hello"))
    assert Internet().status(URL) == 200
    assert Internet().status("http://site.example.com/") is None
