"""Real MariaDB servers behind the emulator's RDS: what a promotion keeps and what it loses is real.

The source is in one Region, its replica in another one, each made by a stack there.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.emulated_replicas import HERE, SOURCE, THERE, database, lag, replica
from tests.emulated_stacks import made
from tests.instance.real_database import RealDatabase, attach
from tests.instance.servers import Certificates
from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Json, Stacks

ACCOUNT = "200000000045"
SECONDS = 60
ROWS = "SELECT name FROM orders ORDER BY name"


class Pair:
    """A source and its replica: their stacks, and their servers."""

    def __init__(self, emulator: Emulator, name: str, start: Callable[[int], RealDatabase]) -> None:
        self.emulator, self.name, self.start = emulator, name, start
        self.here, self.there = Stacks(emulator, ACCOUNT, HERE), Stacks(emulator, ACCOUNT, THERE)
        self.source = made(self.here, name, database(**SOURCE))["Values"]["Arn"]
        self.copy = made(self.there, name, replica(self.source))
        self.first, self.second = start(1), start(2)
        self.servers = {self.source: self.first, self.copy["Values"]["Arn"]: self.second}
        attach(emulator, self.servers)
        self.first.query("CREATE TABLE orders (name VARCHAR(20) PRIMARY KEY)")

    def delete(self) -> None:
        for stacks in (self.there, self.here):
            assert stacks.delete(self.name)["StackStatus"] == "DELETE_COMPLETE"

    def promoted_template(self) -> Json:
        return replica(self.source, SourceDBInstanceIdentifier=None)


@pytest.fixture
def pair(emulator: Emulator, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Pair]:
    certificates = Certificates(tmp_path / "tls")
    with ExitStack() as running:
        start = lambda number: running.enter_context(RealDatabase(tmp_path / str(number), certificates, number))  # noqa: E731
        pair = Pair(emulator, request.node.name.replace("_", "-"), start)
        yield pair
        pair.delete()
        attach(emulator, {})


def eventually(server: RealDatabase, rows: list[str]) -> None:
    """Wait until a server has exactly these rows."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            found = server.query(ROWS)
        except subprocess.CalledProcessError:
            found = []
        if found == rows:
            return
        time.sleep(0.1)
    raise AssertionError(f"{found}, not {rows}")


def order(server: RealDatabase, *names: str) -> None:
    for name in names:
        server.query(f"INSERT INTO orders VALUES ('{name}')")


def test_planned_switch_keeps_every_row_and_so_does_the_way_back(pair: Pair) -> None:
    order(pair.first, "a", "b")
    eventually(pair.second, ["a", "b"])
    assert lag(pair.there, pair.copy["Ids"]["Database"]) == 0
    with pytest.raises(subprocess.CalledProcessError) as refused:
        order(pair.second, "c")
    assert "read-only" in refused.value.stderr
    assert pair.there.update(pair.name, pair.promoted_template())["StackStatus"] == "UPDATE_COMPLETE"
    order(pair.second, "c")
    # The first Region's database is made anew, as a replica of the second one's.
    arn = pair.copy["Values"]["Arn"]
    again = pair.here.update(pair.name, replica(arn, SourceRegion=THERE))
    assert again["StackStatus"] == "UPDATE_COMPLETE", again["Reasons"]
    third = pair.start(3)
    attach(pair.emulator, {arn: pair.second, again["Values"]["Arn"]: third})
    eventually(third, ["a", "b", "c"])
    back = pair.here.update(pair.name, replica(arn, SourceRegion=THERE, SourceDBInstanceIdentifier=None))
    assert back["StackStatus"] == "UPDATE_COMPLETE", back["Reasons"]
    order(third, "d")
    assert third.query(ROWS) == ["a", "b", "c", "d"]


def test_unplanned_switch_loses_what_was_not_replicated(pair: Pair) -> None:
    order(pair.first, "a", "b")
    eventually(pair.second, ["a", "b"])
    # The way between the Regions fails first, the Region then.
    pair.second.administer("STOP SLAVE IO_THREAD")
    order(pair.first, "c", "d")
    pair.first.kill()
    name = pair.copy["Ids"]["Database"]
    assert lag(pair.there, name, "Minimum") == -1
    pair.there.session.client("rds").promote_read_replica(DBInstanceIdentifier=name)
    order(pair.second, "e")
    assert pair.second.query(ROWS) == ["a", "b", "e"]


def test_deleted_source_leaves_a_database_that_takes_writes(pair: Pair) -> None:
    order(pair.first, "a")
    eventually(pair.second, ["a"])
    identifier = pair.source.rpartition(":")[2]
    pair.here.session.client("rds").delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)
    order(pair.second, "b")
    assert pair.second.query(ROWS) == ["a", "b"]
