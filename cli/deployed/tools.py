"""What a command uses of the outside world, passed in as one object: AWS clients, a clock, and a visitor's view."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import click
from botocore.config import Config

from cli.deployed.visits import Internet
from resilient_website.problems import InvalidTemplateError, Problem

if TYPE_CHECKING:
    import boto3

# A Region that is lost often does not answer at all. The time-outs are short, so that the command says so within a
# minute; throttled requests are retried for about a minute, too (standard mode: at most 20 seconds between attempts).
CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 6}, connect_timeout=5, read_timeout=20, tcp_keepalive=True
)

# The end of an advice, for commands that leave out the steps that are done.
AGAIN = "run the same command again: it continues where it stopped"

# How often a state is read while a step waits for it.
POLL = timedelta(seconds=10)


class Visitor(Protocol):
    """What a visitor of the site sees."""

    def addresses(self, name: str) -> frozenset[str]:
        """Return the IP addresses that DNS gives for a name; none if there are none."""

    def status(self, url: str) -> int | None:
        """Return the status of the response to a GET request, redirects followed; None if there is none."""


@dataclass(frozen=True)
class Tools:
    """Clients, clock and output.

    `client` takes a service and a Region. `now` has a time zone. `say` shows one line of progress.
    """

    client: Callable[[str, str], Any]
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    say: Callable[[str], None]
    visitor: Visitor

    def wait(self, what: str, reached: Callable[[], bool], limit: timedelta, advice: str) -> None:
        """Poll until `reached`. Raises InvalidTemplateError with `advice` when `limit` has passed."""
        end = self.now() + limit
        while not reached():
            if self.now() >= end:
                minutes = int(limit.total_seconds() // 60)
                raise InvalidTemplateError([Problem(what, f"not reached after {minutes} minutes", advice)])
            self.sleep(POLL.total_seconds())


def clients(session: "boto3.Session", config: Config = CONFIG) -> Callable[[str, str], Any]:
    """Return a function that returns one client per service and Region, also to several threads at once."""
    made: dict[tuple[str, str], Any] = {}
    making = Lock()

    def client(service: str, region: str) -> Any:
        with making:
            if (service, region) not in made:
                made[service, region] = session.client(service, region_name=region, config=config)  # type: ignore[call-overload]
            return made[service, region]

    return client


def tools_of(session: "boto3.Session") -> Tools:
    """Return a session's clients, this machine's clock and view of the site, and standard error for progress."""
    return Tools(
        client=clients(session),
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
        say=lambda line: click.echo(line, err=True),
        visitor=Internet(),
    )
