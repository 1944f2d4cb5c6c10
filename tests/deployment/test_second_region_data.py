"""What visitors write, in a site with a copy in another Region: a planned switch and the way back lose none of it.

The databases are real MariaDB servers, which replicate as the emulator's RDS says; the servers are the sample
application, which writes a row for each POST and says how many there are.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.deployment.two_regions import TwoRegions
from tests.instance.aws_command import path_with_aws
from tests.instance.real_database import RealDatabase, attach
from tests.instance.servers import Certificates
from tests.sites import Installation
from tools.emulator.instances import Instance, register

SECONDS = 60


@pytest.fixture(scope="module")
def two(installation: Installation, ireland: Installation) -> Iterator[TwoRegions]:
    halves = TwoRegions(installation, ireland, "with-data")
    yield halves
    halves.clear()


class Data:
    """The servers and databases of both halves."""

    def __init__(self, two: TwoRegions, folder: Path, running: ExitStack) -> None:
        self._two, self._folder, self._running = two, folder, running
        self._certificates = Certificates(folder / "tls")
        self._path = path_with_aws(folder / "bin")
        self._databases: dict[str, RealDatabase] = {}

    def attach(self, half: Installation, number: int) -> None:
        """Start a database, attach it to a half's instance, and let the half's server use it."""
        database = self._running.enter_context(RealDatabase(self._folder / str(number), self._certificates, number))
        self._databases[self._two.database(half)["DBInstanceArn"]] = database
        attach(self._two.emulator, self._databases)
        environment = {
            "PATH": self._path,
            "AWS_REGION": half.region,
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_READER_HOST": "127.0.0.1",
            "DATABASE_NAME": "website",
            "DATABASE_PORT": str(database.place["port"]),
            "DATABASE_SECRET_ARN": "arn:secret",
        }
        instance = self._running.enter_context(Instance(half.region, environment))
        register(half.client("elbv2"), half.resources(self._two.name)["SiteTargetGroup"], [instance])

    def rows(self, half: Installation) -> int:
        """Return the number of rows in a half's database."""
        found = self._databases[self._two.database(half)["DBInstanceArn"]].query("SELECT COUNT(*) FROM visits")
        return int(found[0])

    def caught_up(self, half: Installation, rows: int) -> None:
        """Wait until a half's database has this number of rows."""
        deadline = time.monotonic() + SECONDS
        while self.rows(half) != rows:
            assert time.monotonic() < deadline, f"{self.rows(half)} rows of {rows} after {SECONDS} s"
            time.sleep(0.1)


@pytest.fixture
def data(two: TwoRegions, tmp_path: Path) -> Iterator[Data]:
    two.deploy(two.a)
    two.deploy(two.b)
    with ExitStack() as running:
        yield Data(two, tmp_path, running)
    attach(two.emulator, {})


def write(two: TwoRegions, times: int) -> None:
    # On a busy machine, a server that has just started needs a moment.
    deadline = time.monotonic() + SECONDS
    while two.ask("GET", "/").status != 200:
        assert time.monotonic() < deadline, f"no page after {SECONDS} s"
        time.sleep(0.1)
    for _ in range(times):
        assert two.ask("POST", "/").status == 303


@contextmanager
def writes_stopped(two: TwoRegions, half: Installation) -> Iterator[None]:
    """Let the half's visitors get the friendly page meanwhile: no server of it answers."""
    group = half.resources(two.name)["SiteTargetGroup"]
    client = half.client("elbv2")
    health = client.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    targets = [entry["Target"] for entry in health]
    client.deregister_targets(TargetGroupArn=group, Targets=targets)
    assert two.ask("POST", "/").status == 503
    yield
    client.register_targets(TargetGroupArn=group, Targets=targets)


def assert_answered(two: TwoRegions, half: Installation, rows: int) -> None:
    page = two.ask("GET", "/")
    assert page.status == 200
    assert f"made by {half.region}" in page.body
    assert f"{rows} rows" in page.body


def test_rows_written_before_a_planned_switch_are_there_after_it(two: TwoRegions, data: Data) -> None:
    data.attach(two.a, 1)
    data.attach(two.b, 2)
    write(two, 3)
    assert_answered(two, two.a, 3)
    there = {"ActiveRegion": two.b.region}
    with writes_stopped(two, two.a):
        data.caught_up(two.b, 3)
        before = two.database(two.b)["DbiResourceId"]
        two.deploy(two.b, Secondary=there)
        two.switch(on=True)
    assert two.database(two.b)["DbiResourceId"] == before
    assert_answered(two, two.b, 3)
    write(two, 1)
    assert_answered(two, two.b, 4)
    # The way back: the first Region's database becomes a replica of the active one.
    two.deploy(two.a, Secondary=there)
    two.deploy(two.a, Secondary={**there, "Replica": True})
    source = two.database(two.a)["ReadReplicaSourceDBInstanceIdentifier"]
    assert source == two.database(two.b)["DBInstanceArn"]
    data.attach(two.a, 3)
    with writes_stopped(two, two.b):
        data.caught_up(two.a, 4)
        two.deploy(two.a, Secondary={"Replica": True})
        two.switch(on=False)
    assert_answered(two, two.a, 4)
    write(two, 1)
    two.deploy(two.b, Secondary={"Replica": True})
    data.attach(two.b, 4)
    data.caught_up(two.b, 5)


def test_primary_half_is_not_deleted_while_the_other_one_replicates(two: TwoRegions) -> None:
    source = two.database(two.a)["DBInstanceArn"]
    assert two.database(two.b)["ReadReplicaSourceDBInstanceIdentifier"] == source
    assert two.a.delete(two.name) == "DELETE_FAILED"
    assert two.b.region in str(two.a.failures(two.name))
    # Nothing was deleted before it was refused.
    assert two.database(two.a)["DBInstanceArn"] == source
    assert two.ask("GET", "/").status == 503
    assert two.database(two.b)["ReadReplicaSourceDBInstanceIdentifier"] == source
