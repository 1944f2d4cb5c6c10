"""A site with a copy in another Region: both halves deployed, each with a MariaDB and its group's servers."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from cli.analysis.availability.model import Survey, survey
from cli.analysis.availability.requests import RequestKind
from tests.deployment.two_regions import DEAD, TwoRegions
from tests.failover.client import ASSET
from tests.failover.half_servers import HalfServers
from tests.failover.trial import wait
from tests.instance.aws_command import path_with_aws
from tests.instance.real_database import RealDatabase, attach
from tests.instance.servers import Certificates
from tests.sites import Installation

STACK = "lost-region"

# When each row was written: the page adds rows without any values.
_TABLE = (
    "CREATE TABLE website.visits (id INT AUTO_INCREMENT PRIMARY KEY, at TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP(3));"
    "INSERT INTO website.visits (at) VALUES " + ", ".join(["(NOW(3) - INTERVAL 10 MINUTE)"] * 3)
)
# As if the replica were busy with a transaction of an hour: it receives all, and applies no more.
_DELAY = "STOP SLAVE; CHANGE MASTER TO MASTER_DELAY=3600; START SLAVE"

# A row: its number, and when it was written (as `time.time`).
Rows = frozenset[tuple[int, float]]


# Until something is there on a busy machine, in seconds here.
PATIENCE = 60


def arrived(there: Callable[[], bool], problem: str) -> None:
    """Wait until something is there. Fails with the problem if it does not come."""
    assert wait(there, PATIENCE), problem


class TwoHalves:
    """The halves `a` and `b`; a context manager that deploys and deletes them."""

    def __init__(self, a: Installation, b: Installation, folder: Path) -> None:
        self.a, self.b = a, b
        self.regions = TwoRegions(a, b, STACK)
        self._folder = folder
        self._path = path_with_aws(folder / "bin")
        self._certificates = Certificates(folder / "tls")
        self._databases: dict[str, RealDatabase] = {}
        self._behind: dict[str, RealDatabase] = {}
        self._running = ExitStack()
        self.servers: dict[str, HalfServers] = {}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.regions.emulator.tell(DEAD, {})
        try:
            self._running.close()
        finally:
            attach(self.regions.emulator, {})
            self.regions.clear()

    def deploy(self, half: Installation, **secondary: Any) -> None:
        """Create or update a half; `secondary` adds to the group Secondary."""
        self.regions.deploy(half, **_properties(secondary))

    def file(self, **secondary: Any) -> dict[str, Any]:
        """Return the template of both halves; `secondary` adds to the group Secondary."""
        return self.regions.template(**_properties(secondary))

    def use_new_database(self, half: Installation) -> None:
        """Start a MariaDB without data behind the half's database, for the servers that start from now on."""
        number = len(self._behind) + 1
        folder = self._folder / f"mariadb-{number}"
        database = self._running.enter_context(RealDatabase(folder, self._certificates, number))
        self._databases[half.region] = database
        self._behind[self.regions.database(half)["DBInstanceArn"]] = database
        attach(self.regions.emulator, self._behind)

    def rows(self, half: Installation) -> Rows:
        """Return what is in the database of a half."""
        lines = self._databases[half.region].query("SELECT id, UNIX_TIMESTAMP(at) FROM visits")
        return frozenset((int(number), float(at)) for number, at in map(str.split, lines))

    def wait_for_writes(self, half: Installation) -> None:
        """Wait until a page has written into the database of a half."""
        before = len(self.rows(half))
        arrived(lambda: len(self.rows(half)) > before, f"nothing is written in {half.region}")

    def make_a_the_replica(self) -> None:
        """Deploy both halves so that the database of `a` is a new replica of that of `b`, and wait for its data."""
        for half in (self.a, self.b):
            self.deploy(half, ActiveRegion=self.b.region, Replica=True)
        there = len(self.rows(self.b))
        self.use_new_database(self.a)
        arrived(lambda: self._has_table(self.a) and len(self.rows(self.a)) >= there, "the new replica stays behind")

    def all_arrived(self) -> bool:
        """Tell whether nothing writes in `b` any more, and `a` has all of it."""
        return not self.servers[self.b.region].running and self.rows(self.a) == self.rows(self.b)

    def stop_replication(self) -> None:
        """Let the copy's database apply nothing more of what it receives."""
        self._databases[self.b.region].administer(_DELAY)

    def lose(self, seconds: float) -> None:
        """Lose the Region of `a`: connections to it break after `seconds`."""

        def region() -> None:
            self.regions.emulator.tell(DEAD, {self.a.region: seconds})
            self._databases[self.a.region].kill()

        self.servers[self.a.region].lose(region)

    def bring_back(self) -> None:
        """Bring the Region of `a` back, with the data and the servers that it had."""

        def region() -> None:
            self._databases[self.a.region].start()
            self.regions.emulator.tell(DEAD, {})

        self.servers[self.a.region].come_back(region)

    def lose_copy(self, seconds: float) -> None:
        """Lose the Region of `b`, with its servers; its MariaDB stays, so that its replica needs no new connection."""
        self.servers[self.b.region].lose(lambda: self.regions.emulator.tell(DEAD, {self.b.region: seconds}))

    def bring_copy_back(self) -> None:
        """Bring the Region of `b` back, with its servers."""
        self.servers[self.b.region].come_back(lambda: self.regions.emulator.tell(DEAD, {}))

    def _has_table(self, half: Installation) -> bool:
        return bool(self._databases[half.region].query("SHOW TABLES LIKE 'visits'"))

    def _start(self) -> None:
        for half in (self.a, self.b):
            self.deploy(half)
            self.use_new_database(half)
        self._databases[self.a.region].administer(_TABLE)
        self.template = self.a.processed(STACK)
        self.survey: Survey = survey(self.template, self.a.region)
        self._put_assets()
        for half in (self.a, self.b):
            followed = HalfServers(half, STACK, lambda half=half: self._environment(half))  # type: ignore[misc]
            self.servers[half.region] = self._running.enter_context(followed)

    def _put_assets(self) -> None:
        bucket, put = self.a.resources(STACK)["SiteAssetsBucket"], self.a.client("s3").put_object
        for key in {visit.path.lstrip("/") for visit in self.survey.visits if visit.kind is RequestKind.ASSET}:
            put(Bucket=bucket, Key=key, Body=ASSET.encode(), ContentType="text/css")

    def _environment(self, half: Installation) -> dict[str, str]:
        return {
            **self._certificates.environment,
            "PATH": self._path,
            "AWS_REGION": half.region,
            "HEALTH_CHECK_PATH": "/health",
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_READER_HOST": "127.0.0.1",
            "DATABASE_NAME": "website",
            "DATABASE_PORT": str(self._databases[half.region].place["port"]),
            "DATABASE_SECRET_ARN": "arn:secret",
        }


def _properties(secondary: dict[str, Any]) -> dict[str, Any]:
    return {"Secondary": secondary, "WebServers": {"HealthCheckPath": "/health"}, "Cache": False}
