"""Requests to the site end in time, however its server answers, and go to the internet's addresses only."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from saved_site.captured import SourceError
from saved_site.clock import Clock
from saved_site.connection import Connection
from saved_site.fetch import Client, NotFetchedError, fetch
from saved_site.public_addresses import is_public
from tests.custom_resources.captures import anywhere
from tests.custom_resources.loopback_server import LoopbackServer
from tests.custom_resources.origin import Origin, Page, page
from tests.custom_resources.response_url import ResponseUrl

CLOCK = Clock(sleep=lambda _seconds: None)


class Raw(LoopbackServer):
    """A server that sends pieces of bytes, with a pause between them, until the other side hangs up."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]], pause: float) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._pieces, self._pause = pieces, pause

    def __enter__(self) -> "Raw":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(10_000)
            for piece in self._pieces():
                connection.sendall(piece)
                time.sleep(self._pause)


def endless(start: bytes, piece: bytes) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        yield start
        while True:
            yield piece

    return pieces


@pytest.mark.parametrize(
    ("pieces", "pause"),
    [
        (endless(b"HTTP/1.1 200 OK\r\nX: ", b"x"), 0.05),
        (endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), 0.05),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), 0.0),
        (endless(b"", b"H"), 0.05),
        (endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), 0.05),
        (endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"), 0.05),
        (endless(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b""), 0.05),
        (endless(b"HTTP/1.1 404 Not Found\r\nContent-Length: 9000\r\n\r\n", b"x"), 0.05),
    ],
    ids=["a header", "headers", "100 Continue", "a status", "chunks", "a chunk's size", "a body", "an error's body"],
)
def test_an_exchange_ends_in_time(pieces: Callable[[], Iterator[bytes]], pause: float) -> None:
    started = time.monotonic()
    with Raw(pieces, pause) as server, closing(Connection(anywhere)) as connection:
        client = Client(CLOCK, 0, 0.5, connection=connection)
        with pytest.raises(NotFetchedError):
            fetch(client, server.url + "/", 1_000_000)
    assert time.monotonic() - started < 60


def test_nothing_is_asked_after_the_end() -> None:
    with Origin({"/": page()}) as origin, closing(Connection(anywhere)) as connection:
        client = Client(CLOCK, 0, 30, ends=time.monotonic() - 1, connection=connection)
        with pytest.raises(NotFetchedError, match="MaxSeconds was reached"):
            fetch(client, origin.url + "/", 1_000)
        assert origin.asked == []


def test_a_connection_that_the_site_has_ended_is_made_anew() -> None:
    pages = {"/": page("1"), "/end": Page(b"2", headers={"Connection": "close"}), "/err": page(status=404)}
    with Origin(pages) as origin, closing(Connection(anywhere)) as connection:
        client = Client(CLOCK, 0, 30, connection=connection)
        for path in ("/", "/err", "/", "/end", "/"):
            fetch(client, origin.url + path, 1_000)
        assert origin.connections == 2


def test_authorities_are_read_once_for_all_connections(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Reading them takes longer than a request, and many sites end the connection after each one."""
    read: list[ssl.SSLContext] = []
    own = ssl.create_default_context

    def reading() -> ssl.SSLContext:
        read.append(own())
        return read[-1]

    monkeypatch.setattr(ssl, "create_default_context", reading)
    with ResponseUrl(tmp_path) as place, closing(Connection(anywhere)) as connection:
        monkeypatch.setenv("SSL_CERT_FILE", str(place.ca_bundle))
        client = Client(CLOCK, 0, 30, connection=connection)
        for _ in range(2):
            # It answers nothing but PUT, and ends the connection.
            assert fetch(client, f"https://localhost:{place.port}/", 1_000).status == 501
            assert len(read) == 1


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *((address, False) for address in ("127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.0.1", "169.254.169.254")),
        *((address, False) for address in ("100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1")),
        *((address, False) for address in ("192.0.0.8", "198.18.0.1", "192.0.2.1", "203.0.113.9", "169.254.100.1")),
        *((address, False) for address in ("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254")),
        *((address, False) for address in ("ff02::1", "fec0::1", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1")),
        *((address, False) for address in ("64:ff9b::a9fe:a9fe", "2002:7f00:1::", "64:ff9b:1::1", "::127.0.0.1", "x")),
        *((address, True) for address in ("8.8.8.8", "2600:9000:2000::1", "::ffff:8.8.8.8", "64:ff9b::808:808")),
    ],
)
def test_which_addresses_are_of_the_internet(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_the_functions_own_addresses_are_refused(host: str) -> None:
    with Origin({"/": page()}) as origin, closing(Connection(is_public)) as connection:
        client = Client(CLOCK, 0, connection=connection)
        with pytest.raises(NotFetchedError, match=r"not a public address|resolved"):
            fetch(client, f"http://{host}:{origin.port}/", 1_000)
        assert (origin.asked, origin.connections) == ([], 0)


def test_the_default_is_to_refuse() -> None:
    with (
        Origin({"/": page()}) as origin,
        pytest.raises(NotFetchedError, match=r"127\.0\.0\.1, which is not a public address"),
    ):
        fetch(Client(CLOCK, 0), origin.url + "/", 1_000)


def test_a_name_is_judged_by_the_address_that_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means a public address first, and loopback when it is asked again, leads nowhere."""
    answers = iter(["203.0.113.1", "127.0.0.1", "127.0.0.1"])
    connected: list[str] = []

    def resolve(_host: str, port: int, **_more: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(_self: socket.socket, address: tuple[str, int]) -> None:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(NotFetchedError):
        fetch(Client(CLOCK, 0, connection=Connection(lambda address: address != "127.0.0.1")), "http://rebind.test/", 9)
    assert connected == ["203.0.113.1"]


def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Origin({"/": page("x")}) as origin, closing(Connection(anywhere)) as connection:
        assert fetch(Client(CLOCK, 0, connection=connection), origin.url + "/", 1_000).status == 200


def test_a_source_on_loopback_is_refused_with_its_reason() -> None:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from saved_site.crawl import crawl
    from saved_site.saved_page_banner import Notices
    from tests.custom_resources.captures import TIME, source

    with Origin({"/": page()}) as origin, TemporaryDirectory() as folder:
        with pytest.raises(SourceError, match="which is not a public address"):
            crawl(Client(CLOCK, 0), source(origin.url), Notices("", "", TIME), Path(folder), 10)
        assert origin.connections == 0
