"""Writes the active Region into the template of a half's stack, so that the next deployment changes nothing back.

In the half that takes over, the update promotes the database if it still is a replica, or restores it in Backups mode;
if it was promoted by the API, a drift-aware change set takes note of that. In the half that was active, the update
makes it the standby half.
"""

from dataclasses import dataclass

from cli.deployed.stack_update import GOOD
from cli.deployed.tools import Tools
from cli.switch.compact import active_region, original, written
from cli.switch.database import read_database
from cli.switch.half import Half, status_of
from cli.switch.stack_update import Update, run_update, wait_until_idle


@dataclass(frozen=True)
class WriteActiveRegion:
    """The template's active Region. Done when the stack is up to date with it.

    With `rebuild`, the update may replace the half's database by a replica of the active one.
    """

    tools: Tools
    half: Half
    active: str
    rebuild: bool = False
    takes: str = "a stack update: a promotion, a restore or a new replica takes the longest"

    @property
    def title(self) -> str:
        """What it does."""
        role = "active" if self.half.region == self.active else "standby"
        return f"update the stack in {self.half.region}: {self.active} is active, this half is {role}"

    def done(self) -> bool:
        """Return whether the stack was updated with it."""
        named = active_region(original(self.tools.client, self.half), self.half)
        return named == self.active and self._status() in GOOD

    def do(self) -> None:
        """Update the stack, unless an update that has run meanwhile did it."""
        wait_until_idle(self.tools, self.half)
        if self.done():
            return
        body = written(original(self.tools.client, self.half), self.half, self.active, rebuild=self.rebuild)
        run_update(self.tools, self.half, Update(body, self._promoted(), may_rebuild=self.rebuild))

    def _status(self) -> str:
        return status_of(self.tools.client("cloudformation", self.half.region), self.half.stack)

    def _promoted(self) -> bool:
        """Return whether the database was promoted outside of the stack."""
        if self.half.region != self.active:
            return False
        database = read_database(self.tools.client, self.half)
        return database is not None and database.source is None
