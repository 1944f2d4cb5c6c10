"""The front door of a load balancer keeps connections for its time, and no longer."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.failover.address_server import AddressServer
from tests.failover.requests import asked, opened
from tests.failover.upstream import Answer

SECONDS = 0.4


class Page:
    """What is behind the front door."""

    def send(self, *_: Any, **__: Any) -> Answer:
        return Answer(200, (("Content-Type", "text/plain"),), b"page")


def served(kept: float) -> Iterator[AddressServer]:
    server = AddressServer(("127.0.0.1", 0), "door", Page(), None, kept)  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def keeping() -> Iterator[AddressServer]:
    yield from served(SECONDS)


@pytest.fixture
def closing() -> Iterator[AddressServer]:
    yield from served(0)


def test_a_connection_is_kept_for_its_time(keeping: AddressServer) -> None:
    connection = opened("127.0.0.1", keeping.server_port, "door", None)
    socket = connection.sock
    for _ in range(3):
        assert asked(connection, "/", "GET", {}).body == "page"
        assert connection.sock is socket
    time.sleep(SECONDS)
    # One more request is answered, and closes the connection.
    assert asked(connection, "/", "GET", {}).body == "page"
    assert connection.sock is None


def test_other_front_doors_close_each_connection(closing: AddressServer) -> None:
    connection = opened("127.0.0.1", closing.server_port, "door", None)
    assert asked(connection, "/", "GET", {}).body == "page"
    assert connection.sock is None
