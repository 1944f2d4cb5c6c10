"""Promotes the replica in the target half, by the API of its Region alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cli.deployed.databases import AVAILABLE, DEAD
from cli.deployed.tools import AGAIN, Tools
from cli.switch.database import Database, read_database
from cli.switch.half import Half
from resilient_website.problems import InvalidTemplateError, Problem

# The instance is restarted and becomes available "within minutes"; a backup that runs has to end first. Source:
# "Promoting a read replica to be a standalone DB instance" in the RDS User Guide.
LIMIT = timedelta(hours=2)


@dataclass(frozen=True)
class Promote:
    """Promotion of the target's replica. Done when the database is no replica and available, or there is none."""

    tools: Tools
    target: Half
    takes: str = "several minutes; longer if a backup of the replica is running"

    @property
    def title(self) -> str:
        """What it does."""
        return f"promote the database in {self.target.region}, so that it takes writes"

    def done(self) -> bool:
        """Return whether the database takes writes, or there is none to promote."""
        database = self._database()
        return database is None or database.takes_writes

    def do(self) -> None:
        """Wait until the replica can be promoted, promote it, and wait until it is available."""
        self._wait("is not ready to be promoted", lambda found: found.source is None or found.status == AVAILABLE)
        database = self._database()
        if database is not None and database.source is not None:
            self.tools.client("rds", self.target.region).promote_read_replica(DBInstanceIdentifier=database.id)
        self._wait("is not available after its promotion", lambda found: found.takes_writes)

    def _wait(self, problem: str, reached: Callable[[Database], bool]) -> None:
        def met() -> bool:
            database = self._database()
            return database is None or (_usable(database, self.target) and reached(database))

        advice = f"look at the database's events in RDS in {self.target.region}; then {AGAIN}"
        self.tools.wait(f"the database of {self.target.name} {problem}", met, LIMIT, advice)

    def _database(self) -> Database | None:
        return read_database(self.tools.client, self.target)


def _usable(database: Database, half: Half) -> bool:
    """Return True. Raises InvalidTemplateError if the database has a status that does not pass."""
    if database.status in DEAD:
        advice = f"correct that in RDS, or restore a backup (docs/switch.md, 'If the database is gone'); then {AGAIN}"
        raise InvalidTemplateError([Problem(half.name, f"the database {database.id} is {database.status}", advice)])
    return True
