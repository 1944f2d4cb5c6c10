"""Waits until the target half has everything that was written before the servers stopped."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cli.deployed.databases import AVAILABLE
from cli.deployed.tools import AGAIN, Tools
from cli.switch.database import read_database
from cli.switch.half import Half
from cli.switch.lag import PERIOD, UNNOTICED, lost_by_backups, points
from resilient_website.problems import InvalidTemplateError, Problem

# A lag of minutes in ordinary times is caught up within minutes once writes have stopped; a replicated backup gets its
# logs every five minutes. Source: "Replicating automated backups to another AWS Region" in the RDS User Guide.
LIMIT = timedelta(minutes=60)

# So many whole minutes without lag, beginning when a silent source would have been noticed.
MINUTES = 2


@dataclass(frozen=True)
class CatchUp:
    """No lag after the last write. Done when there is nothing to wait for: the database takes writes, or is none."""

    tools: Tools
    target: Half
    takes: str = "five minutes and the lag: CloudWatch has one value a minute"

    @property
    def title(self) -> str:
        """What it does."""
        return f"wait until {self.target.region} has everything that was written"

    def done(self) -> bool:
        """Return whether nothing is replicated to the target any more."""
        database = read_database(self.tools.client, self.target)
        if database is None:
            return not self.target.backups_only
        return database.source is None

    def do(self) -> None:
        """Wait. Raises InvalidTemplateError if the replication has stopped, or does not catch up."""
        since = self.tools.now()
        advice = (
            f"the servers of the other half are still stopped. Find why the replication is late (docs/switch.md, "
            f"'If the lag does not reach zero'); then {AGAIN}; or go back with --to {self.target.other_region}"
        )
        self.tools.wait(f"the data of {self.target.name}", lambda: self._has_all(since, advice), LIMIT, advice)

    def _has_all(self, since: datetime, advice: str) -> bool:
        """Return whether all that was written before `since` has arrived."""
        database = read_database(self.tools.client, self.target)
        if database is None:
            until = lost_by_backups(self.tools.client, self.target).until
            return until is not None and until > since
        if database.broken:
            raise InvalidTemplateError(
                [Problem(self.target.name, f"the replication is in the state {database.replication}", advice)]
            )
        if database.source is None:
            return True
        measured = points(self.tools.client, self.target, database.id, since + UNNOTICED - PERIOD, self.tools.now())
        after = [point for point in measured if point.start >= since + UNNOTICED]
        return (
            database.status == AVAILABLE
            and len(after) >= MINUTES
            and all(point.seconds == 0 for point in after[-MINUTES:])
        )
