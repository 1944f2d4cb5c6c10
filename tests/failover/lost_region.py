"""The story of a lost Region under clients that keep asking, part by part, in rows of the table.

1. The Region dies and comes back: the friendly page meanwhile, as the availability model says.
2. It dies again, while its replica is behind. After `switch` to the copy, the site is back.
3. The Region comes back; a planned `switch` makes its half the standby one, and a deployment makes its database the
   replica: no client notices. What the database in the copy lacks is exactly what the replica had not applied, and
   the dry run before the switch predicted it.
4. The copy's Region dies while it is active, and comes back: the friendly page meanwhile, from the primary Region.
5. A planned `switch` back: the friendly page meanwhile, and every row is there.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import ALL_WEB_SERVERS, NOTHING, REGION
from cli.analysis.availability.formatting import phases
from cli.analysis.availability.requests import RequestKind
from tests.failover.client import Client, Seen
from tests.failover.expectations import expectation
from tests.failover.front_doors import CLOUDFRONT
from tests.failover.harness import Harness
from tests.failover.lost_rows import data_row, missing, still_there
from tests.failover.lost_scenes import LostCopy, LostRegion, SwitchedRegion
from tests.failover.scale import Scale
from tests.failover.switch_command import SwitchCommand
from tests.failover.trial import Row, asked, clients, tried, tried_once
from tests.failover.two_halves import PATIENCE, STACK, TwoHalves, arrived
from tests.failover.verdict import spans, words
from tests.sites import Installation

TITLE = "lost-region"
# No front door falls silent here, and parts of the story can't be tried again: only a busy machine is late.
CONNECT_SECONDS = 10


class Story:
    """The halves, running, with clients; each method is a part of the story and returns its rows."""

    def __init__(self, halves: TwoHalves, harness: Harness, asking: list[Client]) -> None:
        self._halves, self._harness, self._asking = halves, harness, asking
        self._a, self._b = halves.a.region, halves.b.region
        self._switch = SwitchCommand(halves.a, harness, halves.all_arrived)
        self._lost = SwitchedRegion(halves, harness, self._switch)

    def region_dies_and_comes_back(self) -> list[Row]:
        """Let the Region die and come back, with nothing switched."""
        return tried(LostRegion(self._halves, self._harness), self._asking, REGION.name)

    def region_dies_and_the_copy_takes_over(self) -> list[Row]:
        """Let the Region die, and switch: the copy's pages come, with writes."""
        self._lost.fall_behind()
        rows = tried_once(self._lost, self._asking, REGION.name, PATIENCE)
        self._halves.wait_for_writes(self._halves.b)
        return [
            replace(
                row,
                failure=f"{REGION.name}, until a switch to {self._b}",
                problems=(
                    *row.problems,
                    *self._strange(client, self._lost.lost_at, REGION.name),
                    *_pages_not_by(client, self._lost.lost_at, self._b),
                ),
            )
            for row, client in zip(rows, self._asking, strict=True)
        ]

    def region_becomes_the_copy(self) -> list[Row]:
        """Bring the Region back, and make its half the copy: no client notices."""
        began = time.monotonic()
        self._halves.bring_back()
        lost = data_row(f"{REGION.name}, until a switch to {self._b}", missing(self._halves, self._lost))
        self._switch(STACK, "--to", self._b, "--planned", "--yes")
        self._halves.make_a_the_replica()
        return [lost, *self._rows(f"{self._a} comes back as the copy", NOTHING.name, began, self._b)]

    def active_copy_dies_and_comes_back(self) -> list[Row]:
        """Let the active copy's Region die: the updates before have moved the page and the names' SECONDARY."""
        self._harness.read_records()
        began = time.monotonic()
        rows = tried(LostCopy(self._halves, self._harness), self._asking, REGION.name)
        return [
            replace(
                row,
                failure=f"{self._b} lost while it is active",
                problems=(*row.problems, *_not_friendly(client, began)),
            )
            for row, client in zip(rows, self._asking, strict=True)
        ]

    def planned_switch_back(self) -> list[Row]:
        """Switch back: the friendly page comes meanwhile, and every row is there."""
        began = time.monotonic()
        title = f"planned switch back to {self._a}"
        self._switch(STACK, "--to", self._a, "--planned", "--yes")
        self._halves.wait_for_writes(self._halves.a)
        rows = self._rows(title, ALL_WEB_SERVERS.name, began, self._b, self._a)
        return [*rows, data_row(title, still_there(self._halves))]

    def _rows(self, title: str, failure: str, began: float, *servers: str) -> list[Row]:
        """Return what clients saw from a moment until now, in which a failure of the model was theirs, once it is over.

        `servers` are the Regions whose pages come, in order.
        """
        over = time.monotonic()
        arrived(
            lambda: self._harness.healthy and all(map(_usual, (client.seen[-1] for client in self._asking))),
            f"not back after {title}: {[words(client.seen[-1]) for client in self._asking]}",
        )
        return [self._row(title, failure, client, began, over, *servers) for client in self._asking]

    def _row(self, title: str, failure: str, client: Client, began: float, over: float, *servers: str) -> Row:
        back = max((seen.until - over for seen in client.since(over) if not _usual(seen)), default=0.0)
        return Row(
            failure=title,
            request=asked(client),
            said=tuple(phases(self._halves.survey.answer(failure, client.visit))),
            seen=spans(client.since(began)),
            seconds=0,
            back=self._harness.scale.on_aws(back),
            problems=(*self._strange(client, began, failure), *_pages_not_by(client, began, *servers)),
        )

    def _strange(self, client: Client, since: float, failure: str) -> Iterator[str]:
        """Yield the first answer that is neither the page nor what the model says about a failure."""
        said = expectation(self._halves.survey.answer(failure, client.visit), CLOUDFRONT)
        for seen in client.since(since):
            if seen.outcome is not Outcome.PAGE and not said.possible(seen):
                yield f"{words(seen)}, which was not said of {failure}"
                return


def _usual(seen: Seen) -> bool:
    return seen.outcome is Outcome.PAGE and seen.door == CLOUDFRONT


def _not_friendly(client: Client, since: float) -> Iterator[str]:
    """Yield the first answer that is neither the page nor the friendly page; and if the friendly page never came."""
    answers = client.since(since)
    if all(_usual(seen) for seen in answers):
        yield "no friendly page came"
    for seen in answers:
        if seen.outcome not in (Outcome.PAGE, Outcome.FRIENDLY_PAGE):
            yield f"{words(seen)}, not the friendly page"
            return


def _pages_not_by(client: Client, since: float, *servers: str) -> Iterator[str]:
    """Yield if pages came from other servers than these Regions', one Region's after the other's."""
    made = tuple(server for server, _ in groupby(seen.server for seen in client.since(since) if seen.server))
    if made != servers and client.visit.kind is not RequestKind.ASSET:
        yield f"pages made in {made}, not in {servers}"


PARTS: tuple[Callable[[Story], list[Row]], ...] = (
    Story.region_dies_and_comes_back,
    Story.region_dies_and_the_copy_takes_over,
    Story.region_becomes_the_copy,
    Story.active_copy_dies_and_comes_back,
    Story.planned_switch_back,
)


@contextmanager
def story_of(a: Installation, b: Installation, folder: Path) -> Iterator[Story]:
    """Deploy both halves and yield their story, with clients; everything is ended and deleted afterwards."""
    with (
        TwoHalves(a, b, folder) as halves,
        Harness(a, Scale(), b, connect_seconds=CONNECT_SECONDS) as harness,
        clients(LostRegion(halves, harness)) as asking,
    ):
        yield Story(halves, harness, asking)
