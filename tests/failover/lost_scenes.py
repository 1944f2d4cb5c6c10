"""A lost Region, and what brings the site back: the Region's return, or a switch to the copy."""

import time
from typing import Any

from cli.analysis.availability.copies import copies
from cli.analysis.availability.failures import REGION
from cli.analysis.availability.lost_regions import from_copy
from cli.analysis.availability.model import Survey
from cli.analysis.availability.requests import Visit
from tests.failover.causes import patience
from tests.failover.harness import Harness
from tests.failover.switch_command import SwitchCommand
from tests.failover.two_halves import STACK, Rows, TwoHalves, arrived

# How many rows the replica does not apply, at least.
BEHIND = 3


class LostRegion:
    """The scene in which the primary Region dies, and comes back by itself."""

    def __init__(self, halves: TwoHalves, harness: Harness) -> None:
        self.halves = halves
        self.harness = harness

    @property
    def survey(self) -> Survey:
        """What the model says about the primary half."""
        return self.halves.survey

    def host(self, visit: Visit) -> str:
        """Return the host that a visit is to."""
        return visit.host

    def cause(self, failure: str) -> None:
        """Lose the Region; nothing else fails here."""
        assert failure == REGION.name
        self.halves.lose(self.harness.scale.here(patience(self.halves.template)))

    def repair(self) -> None:
        """Bring the Region back."""
        self.halves.bring_back()


class LostCopy(LostRegion):
    """The scene in which the copy's Region dies while the copy is active, and comes back by itself."""

    @property
    def survey(self) -> Survey:
        """What the model says while the copy is active, and the primary half's database replicates it."""
        file = self.halves.file(ActiveRegion=self.halves.b.region, Replica=True)
        (copy,) = copies(file, {}, self.halves.a.region)
        return from_copy(copy)

    def cause(self, failure: str) -> None:
        """Lose the copy's Region."""
        assert failure == REGION.name
        self.halves.lose_copy(self.harness.scale.here(patience(self.halves.template)))

    def repair(self) -> None:
        """Bring the Region back."""
        self.halves.bring_copy_back()


class SwitchedRegion(LostRegion):
    """The scene in which the Region dies while its replica is behind, and stays dead during a switch.

    `kept` is what the replica had applied when it stopped, and `stopped` when that was (time.time); `lost_at` is when
    the Region was lost (time.monotonic), and `predicted` what the dry run said about the loss.
    """

    def __init__(self, halves: TwoHalves, harness: Harness, switch: SwitchCommand) -> None:
        super().__init__(halves, harness)
        self._switch = switch
        self.kept: Rows = frozenset()
        self.stopped = 0.0
        self.lost_at = 0.0
        self.predicted: dict[str, Any] = {}

    def fall_behind(self) -> None:
        """Let the replica apply nothing more, and wait until the page has written rows that it lacks."""
        self.halves.stop_replication()
        self.stopped, self.kept = time.time(), self.halves.rows(self.halves.b)
        source, enough = self.halves.a, len(self.kept) + BEHIND
        arrived(lambda: len(self.halves.rows(source)) >= enough, "no rows are written")

    def cause(self, failure: str) -> None:
        """Lose the Region."""
        super().cause(failure)
        self.lost_at = time.monotonic()

    def repair(self) -> None:
        """Ask what a switch loses, and switch."""
        to = self.halves.b.region
        (state,) = self._switch(STACK, "--to", to, "--dry-run")["state"]["halves"]
        self.predicted = state["wouldBeLost"]
        self._switch(STACK, "--to", to, "--yes")
