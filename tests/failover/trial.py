"""One failure under clients that keep asking: caused, watched, put right, and compared with the model."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import NOTHING
from cli.analysis.availability.formatting import phases
from cli.analysis.availability.model import Survey
from cli.analysis.availability.references import referenced_id
from cli.analysis.availability.requests import RequestKind, Visit
from tests.failover.client import Client, KeptClient
from tests.failover.expectations import Expectation, expectation
from tests.failover.harness import Harness
from tests.failover.scale import Scale
from tests.failover.verdict import Watch, problems, spans

# What a busy machine and one more request of a client may add, in seconds here.
SLACK = 1.5
# For how long what comes in the end must go on coming, in seconds here.
HOLD = 0.4
# A busy machine may make a client or a health checker late once; what the model gets wrong is wrong each time.
TRIES = 3
# Until a site that nothing fails in answers everybody, in seconds here.
UP_SECONDS = 60
# How often `wait` looks: some of what is waited for is asked of a database or of the emulator.
_LOOK = 0.1


class Scene(Protocol):
    """A deployed site with what can fail about it, and what the model says about it."""

    harness: Harness

    @property
    def survey(self) -> Survey:
        """What the model says."""

    def host(self, visit: Visit) -> str:
        """Return the host that a visit is to."""

    def cause(self, failure: str) -> None:
        """Let something fail, by the model's name for it."""

    def repair(self) -> None:
        """Let the site come back."""


@dataclass(frozen=True)
class Row:
    """One line of the table. `seconds`: of AWS, until what came in the end, and until the page was back."""

    failure: str
    request: str
    said: tuple[str, ...]
    seen: tuple[str, ...]
    seconds: float
    back: float
    problems: tuple[str, ...]


@dataclass(frozen=True)
class _Watched:
    client: Client
    expected: Expectation
    before: Expectation


@contextmanager
def clients(scene: Scene) -> Iterator[list[Client]]:
    """Yield running clients, one for each request of the model, once each has had its page."""
    with ExitStack() as running:
        made = []
        for visit in scene.survey.visits:
            path = visit.path if visit.kind is RequestKind.ASSET else "/"
            kinds = (Client, KeptClient) if visit.kind is RequestKind.PAGE else (Client,)
            for kind in kinds:
                made.append(running.enter_context(scene.harness.client(visit, scene.host(visit), path, kind)))
        started = time.monotonic()
        wait(lambda: all(client.seen and client.seen[-1].outcome is Outcome.PAGE for client in made), UP_SECONDS)
        silent = [client.visit for client in made if not client.seen or client.seen[-1].outcome is not Outcome.PAGE]
        assert not silent, f"no page after {time.monotonic() - started:.0f} s: {silent}, {made[0].seen[-3:]}"
        yield made


def tried(scene: Scene, asking: list[Client], failure: str) -> list[Row]:
    """Cause a failure and put it right; return what was said and seen, request by request, the last time it was tried.

    It is tried again if that is not the same.
    """
    for _ in range(TRIES):
        rows = tried_once(scene, asking, failure)
        if not any(row.problems for row in rows):
            break
        wait(
            lambda: scene.harness.healthy and all(client.seen[-1].outcome is Outcome.PAGE for client in asking),
            UP_SECONDS,
        )
    return rows


def tried_once(scene: Scene, asking: list[Client], failure: str, slack: float = SLACK) -> list[Row]:
    """Cause a failure and put it right; return what was said and seen. `slack`: seconds that a machine may add."""
    survey, scale = scene.survey, scene.harness.scale
    watched = []
    for client in asking:
        usual = client.seen[-1].door
        said = expectation(survey.answer(failure, client.visit), usual)
        watched.append(_Watched(client, said, expectation(survey.answer(NOTHING.name, client.visit), usual)))
    window = scale.here(max(one.expected.most for one in watched))
    began = time.monotonic()
    try:
        scene.cause(failure)
        caused = time.monotonic()
        time.sleep(window)
        wait(lambda: all(_settled(one.client, one.expected, caused) for one in watched), slack)
        settled = time.monotonic()
        time.sleep(HOLD)
        ended = time.monotonic()
    finally:
        scene.repair()
    repaired = time.monotonic()
    switching = scale.here(max((one.expected.most for one in watched if one.expected.fails_over), default=0))
    wait(
        lambda: scene.harness.healthy and all(_settled(one.client, one.before, repaired) for one in watched),
        switching + slack,
    )
    times = _Times(began, caused, settled, ended, repaired)
    return [_row(scale, failure, one, times, slack) for one in watched]


@dataclass(frozen=True)
class _Times:
    began: float
    caused: float
    settled: float
    ended: float
    repaired: float


def asked(client: Client) -> str:
    """Return the request of a client, as the table has it."""
    return f"{client.visit.method} {_shown(client.visit.host)}{client.visit.path}{_how(client)}"


def _how(client: Client) -> str:
    return " (connection kept)" if isinstance(client, KeptClient) else ""


def _shown(host: str) -> str:
    """Return a host as the table has it: CloudFront's own names are other ones in each run."""
    return "*.cloudfront.net" if referenced_id(host) else host


def wait(done: Callable[[], bool], seconds: float) -> bool:
    """Wait until it is done, at most for `seconds`; return whether it is done."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() >= deadline:
            return False
        time.sleep(_LOOK)
    return True


def _settled(client: Client, expected: Expectation, since: float) -> bool:
    last = client.since(since)[-1:]
    return any(map(expected.settled, last))


def _row(scale: Scale, failure: str, one: _Watched, times: _Times, slack: float) -> Row:
    client, expected = one.client, one.expected
    watch = Watch(
        during=tuple(seen for seen in client.since(times.caused) if seen.until <= times.ended),
        # An answer that was waited for when the failure came counts for the time, not for what it is.
        timed=tuple(seen for seen in client.answered_since(times.began) if seen.until <= times.ended),
        after=tuple(client.since(times.repaired)),
        began=times.began,
        settled=times.settled,
        repaired=times.repaired,
    )
    return Row(
        failure,
        asked(client),
        tuple(phases(expected.answer)),
        spans(watch.during),
        scale.on_aws(watch.reached(expected)),
        scale.on_aws(watch.back(one.before)),
        tuple(problems(watch, expected, one.before, scale, slack)),
    )
