"""The command `switch` in this process, for a deployed site: it asks the emulator, and looks at the site as clients do.

Its waits are scaled. A minute of CloudWatch can't be: while it waits for the data, it sees minutes without lag once the
replica has every row.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from http.client import HTTPException
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3
from click.testing import CliRunner

from cli.deployed.tools import Tools, tools_of
from cli.main import main
from cli.switch import command
from cli.switch.lag import PERIOD, Point
from cli.switch.steps import catch_up
from tests.failover.harness import Harness
from tests.failover.requests import send
from tests.failover.resolver import Resolver, asked
from tests.sites import Installation

Json = dict[str, Any]

# For a whole switch on a busy machine, with its stack updates; its own limits are hours.
SECONDS = 150


class Visitor:
    """Sees DNS and the site through the harness, in place of the command's own view of the Internet."""

    def __init__(self, harness: Harness) -> None:
        self._harness = harness

    def addresses(self, name: str) -> frozenset[str]:
        """Return the addresses that DNS gives for a name."""
        return frozenset(asked(self._harness.name_server.port, name)[0])

    def status(self, url: str) -> int | None:
        """Return the status of a page; None without an answer."""
        harness, parts = self._harness, urlsplit(url)
        address = Resolver(harness.name_server.port, harness.scale, keeps=False).address(parts.netloc)
        try:
            trust, port = harness.addresses.trust(), harness.addresses.ports[443]
            return send(address, port, parts.netloc, parts.path, "GET", trust).status if address else None
        except (OSError, HTTPException):
            return None


class SwitchCommand:
    """Runs the command with an account's credentials. `has_all` tells whether the replica has every row."""

    def __init__(self, account: Installation, harness: Harness, has_all: Callable[[], bool]) -> None:
        self._account = account
        self._harness = harness
        self._has_all = has_all

    def __call__(self, *arguments: str) -> Json:
        """Return what the command prints with --json; fails with its message if it fails."""
        environment = self._account.emulator.environment(self._account.account, self._account.region)
        with self._in_place():
            done = CliRunner(mix_stderr=False).invoke(
                main, ["switch", *arguments, "--json"], env={**environment, "AWS_PROFILE": None}
            )
        assert done.exit_code == 0, f"{done.stderr}\n{done.exception!r}"
        printed: Json = json.loads(done.stdout)
        return printed

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        """Replace what the command has of the world outside AWS: its clock's waits, and its view of the site."""
        deadline = time.monotonic() + SECONDS

        def sleep(seconds: float) -> None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the command waits for longer than {SECONDS} s")
            time.sleep(self._harness.scale.here(seconds))

        def tools(session: boto3.Session) -> Tools:
            return replace(tools_of(session), sleep=sleep, visitor=Visitor(self._harness))

        with ExitStack() as replaced:
            replaced.enter_context(patch.object(command, "tools_of", tools))
            replaced.enter_context(patch.object(catch_up, "points", self._points))
            yield

    def _points(self, _client: Any, _half: Any, _id: str, since: datetime, _now: datetime) -> tuple[Point, ...]:
        lag = 0 if self._has_all() else 1
        return tuple(Point(since + minute * PERIOD, lag) for minute in range(1, catch_up.MINUTES + 2))
