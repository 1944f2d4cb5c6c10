"""The sample application and requests that are not what they seem, byte by byte on a socket."""

import errno
import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tools.emulator.instances import SAMPLE_APPLICATION, Instance

HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
HEALTH = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
SECONDS = 30


@pytest.fixture(scope="module")
def application() -> Iterator[Instance]:
    with Instance("one", {"HEALTH_CHECK_PATH": "/health"}) as running:
        yield running


def connect(application: Instance) -> socket.socket:
    return socket.create_connection(("127.0.0.1", application.port), SECONDS)


def answers(application: Instance, request: str) -> str:
    """Send bytes on one connection, and the next visitor's health check after them; return all that comes back."""
    with connect(application) as connection:
        connection.sendall(request.encode("latin-1"))
        connection.sendall(HEALTH.encode())
        try:
            connection.shutdown(socket.SHUT_WR)
        except OSError as error:
            # The application may have answered, and hung up, already.
            if error.errno != errno.ENOTCONN:
                raise
        received = b""
        while data := connection.recv(65536):
            received += data
    return received.decode("latin-1")


def statuses(answer: str) -> list[str]:
    return re.findall(r"HTTP/1\.1 ([0-9]{3}) ", answer)


def with_body(head: str, body: str = HIDDEN) -> str:
    return f"{head}\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n{body}"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"])
def test_body_is_no_request(application: Instance, method: str) -> None:
    """Each request gets one answer, which is its own, whatever its body says."""
    answer = answers(application, with_body(f"{method} /health HTTP/1.1"))
    assert statuses(answer) == [{"GET": "200", "HEAD": "200", "POST": "303"}.get(method, "501")]
    assert "Connection: close" in answer


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("Transfer-Encoding: chunked", "411"),
        ("transfer-encoding: identity", "411"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 3", "411"),
        ("Content-Length: -1", "400"),
        ("Content-Length: +3", "400"),
        ("Content-Length: 0x10", "400"),
        ("Content-Length: \xb2", "400"),
        ("Content-Length: ", "400"),
        ("Content-Length: 3, 3", "400"),
        ("Content-Length: 0\r\nContent-Length: 42", "400"),
        ("Content-Length : 42", "400"),
        ("no header\r\nContent-Length: 42", "400"),
        ("Content-Length: 65537", "413"),
        ("Content-Length: 99999999999999999999999", "413"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_body_of_unknown_or_unwanted_length_ends_the_connection(
    application: Instance, method: str, headers: str, status: str
) -> None:
    answer = answers(application, f"{method} /health HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n{HIDDEN}")
    assert statuses(answer) == [status]
    assert "Connection: close" in answer


def test_requests_without_a_body_share_a_connection(application: Instance) -> None:
    assert statuses(answers(application, HEALTH + HIDDEN)) == ["200", "404", "200"]


def test_form_and_files_of_a_browser_are_taken(application: Instance) -> None:
    form = "POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x"
    assert statuses(answers(application, with_body(form, "--x\r\n\r\na\r\n--x--\r\n"))) == ["303"]
    assert statuses(answers(application, with_body("POST / HTTP/1.1", "a" * 65536))) == ["303"]


def test_client_that_waits_for_a_word_gets_it(application: Instance) -> None:
    head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n"
    for length, word in ((1, "100"), (65537, "413")):
        with connect(application) as connection:
            connection.sendall(head.format(length).encode())
            assert connection.recv(65536).decode().split()[1] == word


def resident_megabytes(application: Instance) -> float:
    assert application._process
    status = Path(f"/proc/{application._process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def test_large_body_that_never_ends_costs_no_memory(application: Instance) -> None:
    before = resident_megabytes(application)
    with connect(application) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 250000000\r\n\r\n")
        with suppress(OSError):
            for _ in range(240):
                connection.sendall(b"x" * 1_000_000)
        assert resident_megabytes(application) < before + 20


def test_slow_body_is_given_up(tmp_path: Path) -> None:
    """The time is for the whole body: each byte arrives in time. The application waits for two seconds here."""
    text, count = re.subn(r"(?m)^BODY_SECONDS = 10$", "BODY_SECONDS = 2", SAMPLE_APPLICATION.read_text())
    assert count == 1
    impatient = tmp_path / SAMPLE_APPLICATION.name
    impatient.write_text(text)
    with (
        Instance("one", {"HEALTH_CHECK_PATH": "/health"}, (sys.executable, str(impatient))) as application,
        connect(application) as connection,
    ):
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        started = time.monotonic()
        connection.settimeout(0.2)
        while True:
            assert time.monotonic() < started + SECONDS
            try:
                connection.sendall(b"x")
                if not connection.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert statuses(answers(application, HEALTH)) == ["200", "200"]
