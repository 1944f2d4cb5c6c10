"""The steps of a restore: restore beside the old database, apply the settings, and swap by renaming both.

The stack's database is found by its identifier, and the endpoint is made of it. So a swap of the identifiers changes
nothing in the stack. Source: "Renaming a DB instance" in the RDS User Guide, renaming to replace an instance.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cli.deployed.databases import DEAD
from cli.deployed.step import Step
from cli.deployed.tools import AGAIN, POLL, Tools
from cli.restore.instance import Instance, read_instance
from cli.restore.settings import modified, restored
from cli.restore.target import Names, Target
from resilient_website.problems import InvalidTemplateError, Problem

# The tag of a restored database that has its settings.
TAG = "resilient-website:restored"

# A restore reads the whole database from S3, and applies the logs since the last backup; the guide gives no figure.
RESTORE_LIMIT = timedelta(hours=12)
CHANGE_LIMIT = timedelta(hours=2)


@dataclass(frozen=True)
class Databases:
    """The databases of a restore in one Region, by their names."""

    tools: Tools
    region: str
    names: Names

    @property
    def rds(self) -> Any:
        """The client."""
        return self.tools.client("rds", self.region)

    def own(self) -> Instance | None:
        """Return the instance that has the site's identifier: the old one, or the restored one after the swap."""
        return read_instance(self.rds, self.names.own)

    def restored(self) -> Instance | None:
        """Return the restored one, until it is renamed."""
        return read_instance(self.rds, self.names.restored)

    def kept(self) -> Instance | None:
        """Return the old one, after it is renamed."""
        return read_instance(self.rds, self.names.kept)

    def wait(
        self, problem: str, read: Callable[[], Instance | None], limit: timedelta, *, settled: bool = False
    ) -> None:
        """Wait until an instance is there and available; if `settled`, without pending changes."""

        def reached() -> bool:
            found = read()
            if found is not None and found.status in DEAD:
                advice = f"look at its events in RDS and correct that; then {AGAIN}"
                raise InvalidTemplateError([Problem(found.id, f"the database is {found.status}", advice)])
            return found is not None and (found.settled if settled else found.available)

        self.tools.wait(problem, reached, limit, f"look at the databases in RDS; then {AGAIN}")

    def rename(self, read: Callable[[], Instance | None], to: str) -> None:
        """Rename an instance, unless that has begun."""
        found = read()
        if found is None or found.renaming:
            return
        self.wait(f"{found.id} is not available to be renamed", read, CHANGE_LIMIT)
        self.rds.modify_db_instance(DBInstanceIdentifier=found.id, NewDBInstanceIdentifier=to, ApplyImmediately=True)


@dataclass(frozen=True)
class Restore:
    """A new database beside the old one, with the data of the target."""

    databases: Databases
    target: Target
    takes: str = "minutes to hours: it depends on the size, and on the logs since the last backup"

    @property
    def title(self) -> str:
        """What it does."""
        return f"restore {self.target.title} as {self.databases.names.restored}"

    def done(self) -> bool:
        """Return whether the restored database is available, or has its place already."""
        found = self.databases.restored()
        return self.databases.kept() is not None or (found is not None and found.available)

    def do(self) -> None:
        """Restore, unless that has begun, and wait."""
        names = self.databases.names
        if self.databases.restored() is None:
            old = self.databases.own()
            if old is None:
                raise InvalidTemplateError([Problem(names.own, "there is no such database", "restore it by hand")])
            self._restore(old)
        self.databases.wait(f"{names.restored} is not available", self.databases.restored, RESTORE_LIMIT)

    def _restore(self, old: Instance) -> None:
        rds, to = self.databases.rds, self.databases.names.restored
        if self.target.time is None:
            rds.restore_db_instance_from_db_snapshot(
                DBInstanceIdentifier=to, DBSnapshotIdentifier=self.target.snapshot, **restored(old)
            )
        else:
            rds.restore_db_instance_to_point_in_time(
                SourceDBInstanceIdentifier=old.id,
                TargetDBInstanceIdentifier=to,
                RestoreTime=self.target.time,
                **restored(old),
            )


@dataclass(frozen=True)
class Settle:
    """The settings that a restore does not take, and the password of the site's secret."""

    databases: Databases
    password: Callable[[], str]
    title: str = "apply the settings of the old database, and the current password"
    takes: str = "minutes"

    def done(self) -> bool:
        """Return whether the restored database is tagged, or has its place already."""
        found = self.databases.restored()
        return self.databases.kept() is not None or (found is not None and TAG in found.tags and found.available)

    def do(self) -> None:
        """Change the restored database, wait, and tag it."""
        old, new = self.databases.own(), self.databases.restored()
        if old is None or new is None:
            raise InvalidTemplateError([Problem(self.databases.names.restored, "there is no such database", AGAIN)])
        rds = self.databases.rds
        rds.modify_db_instance(DBInstanceIdentifier=new.id, **modified(old, self.password()))
        # RDS shows the changes as pending after some seconds only.
        self.databases.tools.sleep(POLL.total_seconds())
        self.databases.wait(f"{new.id} does not have its settings", self.databases.restored, CHANGE_LIMIT, settled=True)
        rds.add_tags_to_resource(ResourceName=new.described["DBInstanceArn"], Tags=[{"Key": TAG, "Value": "true"}])


@dataclass(frozen=True)
class RenameOld:
    """The old database's other name, under which it is kept."""

    databases: Databases
    takes: str = "about 10 minutes, in which the application has no database"

    @property
    def title(self) -> str:
        """What it does."""
        return f"rename the old database to {self.databases.names.kept}"

    def done(self) -> bool:
        """Return whether the old database has its other name."""
        found = self.databases.kept()
        return found is not None and found.available

    def do(self) -> None:
        """Rename it, unless that has begun, and wait."""
        if self.databases.kept() is None and self.databases.restored() is not None:
            self.databases.rename(self.databases.own, self.databases.names.kept)
        self.databases.wait("the old database is not renamed", self.databases.kept, CHANGE_LIMIT)


@dataclass(frozen=True)
class RenameNew:
    """The restored database's place: the identifier, and so the endpoint, of the site's database."""

    databases: Databases
    takes: str = "about 10 minutes, in which the application has no database"

    @property
    def title(self) -> str:
        """What it does."""
        return f"rename the restored database to {self.databases.names.own}"

    def done(self) -> bool:
        """Return whether the restored database has its place."""
        found = self.databases.own()
        return self.databases.kept() is not None and found is not None and found.available

    def do(self) -> None:
        """Rename it, unless that has begun, and wait."""
        if self.databases.own() is None:
            self.databases.rename(self.databases.restored, self.databases.names.own)
        self.databases.wait("the restored database is not renamed", self.databases.own, CHANGE_LIMIT)


def steps(
    databases: Databases, target: Target, password: Callable[[], str]
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Return the steps before the swap, which change nothing for the site, and those of the swap."""
    return (
        (Restore(databases, target), Settle(databases, password)),
        (RenameOld(databases), RenameNew(databases)),
    )
