"""The real site, as a server on loopback: each path answers what a test says, or misbehaves."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler


@dataclass(frozen=True)
class Page:
    """An answer. `chunks` makes a body that is streamed without a length."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    chunks: Callable[[], Iterator[bytes]] | None = None


def page(text: str = "", **more: Any) -> Page:
    """Return a page of HTML in UTF-8."""
    return Page(
        f"<!doctype html><html lang=en><head><title>t</title></head><body>{text}</body></html>".encode(), **more
    )


def file(body: bytes, content_type: str) -> Page:
    """Return a file of a type."""
    return Page(body, headers={"Content-Type": content_type} if content_type else {})


def redirect(location: str, status: int = 302) -> Page:
    """Return a redirect."""
    return Page(status=status, headers={"Location": location})


def slowly(chunk: bytes, count: int, seconds: float) -> Page:
    """Return a page that arrives in drops."""

    def chunks() -> Iterator[bytes]:
        for _ in range(count):
            time.sleep(seconds)
            yield chunk

    return Page(chunks=chunks)


class Origin(LoopbackServer):
    """Answers by path with query, else by path; `asked` has every target in order, `agents` who asked."""

    def __init__(self, pages: Mapping[str, Page | Callable[[str], Page]]) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.sent = 0
        self.connections = 0
        outer = self

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                outer.connections += 1

            def handle(self) -> None:
                with suppress(ConnectionError):  # the client was stopped
                    super().handle()

            def do_GET(self) -> None:  # noqa: N802
                outer.asked.append(self.path)
                outer.agents.add(self.headers["User-Agent"])
                found = outer.pages.get(self.path) or outer.pages.get(self.path.partition("?")[0])
                answer = found(self.path) if callable(found) else found or page("not here", status=404)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.chunks is None:
                    self.send_header("Content-Length", str(len(answer.body)))
                else:
                    self.send_header("Connection", "close")
                self.end_headers()
                try:
                    for chunk in answer.chunks() if answer.chunks else [answer.body]:
                        self.wfile.write(chunk)
                        outer.sent += len(chunk)
                except OSError:
                    pass  # the crawler hung up, as it should

        super().__init__(Handler)
