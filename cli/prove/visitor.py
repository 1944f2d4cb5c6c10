"""Sends requests to the site from this machine, one after the other, and notes what comes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from cli.analysis.availability.answers import Outcome
from cli.deployed.tools import Tools
from cli.deployed.visits import TIMEOUT_SECONDS, Page

# From one request to the next: short beside every documented duration, and some thousand requests an hour.
PAUSE_SECONDS = 1.0

# What only the friendly page has, and what the sample application shows in a page without its database.
FRIENDLY = '<meta name="robots" content="noindex">'
WITHOUT_DATABASE = "<dt>Database<dd>unreachable"

# Sends a request (method and URL); None if no response came.
Ask = Callable[[str, str], Page | None]


@dataclass(frozen=True)
class Seen:
    """When a response had come, in seconds since the first request, and what it was."""

    at: float
    outcome: Outcome


def outcome(page: Page | None) -> Outcome:
    """Return what a visitor sees. A page that says that its database is not there counts as an error, as for others."""
    if page is None:
        return Outcome.TIME_OUT
    if page.status >= 500:
        return Outcome.FRIENDLY_PAGE if FRIENDLY in page.text else Outcome.ERROR
    return Outcome.ERROR if WITHOUT_DATABASE in page.text else Outcome.PAGE


class Visitor:
    """Requests the page again and again in a thread of its own; a context manager. `seen` grows while it runs."""

    def __init__(self, tools: Tools, ask_for: Ask, url: str) -> None:
        self.seen: list[Seen] = []
        self._tools, self._ask, self._url = tools, ask_for, url
        self._begun = tools.now()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._begun = self._tools.now()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(2 * TIMEOUT_SECONDS)

    def last(self) -> Outcome | None:
        """Return what came last; None if nothing has come yet."""
        return self.seen[-1].outcome if self.seen else None

    def _run(self) -> None:
        while not self._ended.is_set():
            found = outcome(self._ask("GET", self._url))
            self.seen.append(Seen((self._tools.now() - self._begun).total_seconds(), found))
            self._tools.sleep(PAUSE_SECONDS)
