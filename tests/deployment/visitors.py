"""A client that keeps asking for a page of a site, while something else is done to it."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection

from tools.emulator.endpoint import Emulator
from tools.emulator.visitor import asked, connected

MIN_ANSWERS = 5
# Short: each step of an update waits for a request (`step_by_step`).
PAUSE_SECONDS = 0.01


@dataclass
class Visits:
    """The answers so far: how many, and those that were not the page."""

    count: int = 0
    failed: list[str] = field(default_factory=list)


@contextmanager
def visitor(emulator: Emulator, host: str, words: str) -> Iterator[Visits]:
    """Ask for a host's first page with hardly a pause; its answer has to be a 200 with these words in it.

    The connection is the emulator's own and is kept: another one each time would take as long as the request itself.
    Ends with at least MIN_ANSWERS more answers after the body of the `with` is through.
    """
    visits = Visits()
    ended = threading.Event()

    def run() -> None:
        left = MIN_ANSWERS
        with closing(connected(emulator)) as connection:
            while left:
                left -= ended.is_set()
                _visit(connection, host, words, visits)
                ended.wait(PAUSE_SECONDS)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield visits
    finally:
        ended.set()
        thread.join()


def _visit(connection: HTTPSConnection, host: str, words: str, visits: Visits) -> None:
    visits.count += 1
    try:
        answer = asked(connection, host)
    except (OSError, HTTPException) as error:
        visits.failed.append(repr(error))
        connection.close()
        return
    if answer.status != 200 or words not in answer.body:
        visits.failed.append(f"{answer.status} {answer.body[:60]}")
