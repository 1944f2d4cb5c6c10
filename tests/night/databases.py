"""The site's database: real MariaDB servers behind the emulator's RDS, found by the name that servers connect to."""

import json
import math
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from tests.failover.repeating import Repeating
from tests.instance.real_database import PATH, RealDatabase
from tests.instance.servers import Certificates, program
from tests.night.disks import MIB, Disk
from tests.night.endpoint import Endpoint
from tests.night.multi_az import MultiAz, Server
from tests.sites import Installation

_LOOK = 0.5
# So much of the disk here is one GiB of AllocatedStorage. A MariaDB without data takes 37 MiB.
SHARE_OF_GIB = 5 * MIB
# For how long a zone is cut off before it ends, in seconds here: it gets requests whose orders reach no other zone.
_CUT_OFF = 0.5
_TABLE = (
    "CREATE TABLE website.orders (id INT AUTO_INCREMENT PRIMARY KEY, at TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP(3),"
    " cart TEXT NOT NULL)"
)


class Databases:
    """A context manager. `port` leads to the server of the instance that has the site's identifier, as its endpoint.

    `restored_rows` is what a restore brought back.
    """

    def __init__(self, installation: Installation, identifier: str, secret: str, folder: Path) -> None:
        self._installation = installation
        self._identifier, self._secret = identifier, secret
        self._folder = folder
        folder.mkdir(parents=True)
        self._certificates = Certificates(folder / "tls")
        self._made = 0
        self._servers: dict[str, MultiAz] = {}
        self._current: MultiAz | None = None
        self.moment: datetime | None = None
        self.restored_rows = 0
        self._down_until = 0.0
        self.password_file = folder / "password"
        self._endpoint = Endpoint(self._port)
        self.port = self._endpoint.port
        self._following = Repeating(self._follow, _LOOK)

    def __enter__(self) -> Self:
        self._endpoint.start()
        (own,) = self._instances()
        first = self._new_pair(own)
        self.refresh_password()
        password = self.password_file.read_text()
        first.database.administer(f"{_TABLE}; ALTER USER website@'%' IDENTIFIED BY '{password}'")
        first.add_standby()
        self._attach()
        self._follow()
        self._following.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._following.__exit__()
        finally:
            self._endpoint.stop()
            for pair in self._servers.values():
                pair.end()
            self._installation.emulator.tell(PATH, {})

    @property
    def current(self) -> RealDatabase:
        """The server that has the site's identifier."""
        return self._pair.database

    @property
    def free_storage(self) -> float:
        """How many bytes are free, as CloudWatch's FreeStorageSpace."""
        return self._pair.disk.free / SHARE_OF_GIB * 2**30

    def orders(self) -> set[int]:
        """Return the numbers of all orders in the site's database."""
        return set(map(int, self.current.administer("SELECT id FROM website.orders")))

    def rows(self) -> int:
        """Return how many orders the site's database has."""
        return int(self.current.administer("SELECT COUNT(*) FROM website.orders")[0])

    def fail_over(self, seconds: float) -> None:
        """Lose the primary's zone: its standby takes its place after `seconds` here.

        The zone is cut off a moment before it ends, so that an order that is acknowledged without the standby is lost.
        """
        pair = self._pair
        pair.isolate()
        time.sleep(_CUT_OFF)
        lost = time.monotonic()
        self._down_until = math.inf
        pair.fail_over()
        self._endpoint.break_connections()
        self._attach()
        self._down_until = lost + seconds

    def add_standby(self) -> None:
        """Make a new standby for a primary that has lost its own, as RDS does by itself."""
        self._pair.add_standby()

    def refresh_password(self) -> None:
        """Replace the file with the secret's current password at once, as servers do every two to three minutes."""
        value = self._installation.client("secretsmanager").get_secret_value(SecretId=self._secret)["SecretString"]
        new = self.password_file.with_suffix(".new")
        new.write_text(json.loads(value)["password"])
        new.replace(self.password_file)

    @property
    def _pair(self) -> MultiAz:
        assert self._current, "no instance has the site's identifier"
        return self._current

    def _port(self) -> int | None:
        is_down = self._current is None or time.monotonic() < self._down_until
        return None if is_down else int(self.current.place["port"])

    def _instances(self) -> list[dict[str, Any]]:
        found = self._installation.client("rds").describe_db_instances()["DBInstances"]
        return [each for each in found if each["DBInstanceIdentifier"].startswith(self._identifier[:40])]

    def _follow(self) -> None:
        """See which instance has the site's identifier, bring the data of one that is restored, and change disks."""
        found = self._instances()
        for instance in found:
            if instance["DbiResourceId"] not in self._servers:
                self._restore(instance)
            pair, size = self._servers[instance["DbiResourceId"]], _size(instance)
            if pair.disk.size != size:
                pair.resize(size)
        own = [each for each in found if each["DBInstanceIdentifier"] == self._identifier]
        self._current = self._servers[own[0]["DbiResourceId"]] if own else None

    def _restore(self, instance: dict[str, Any]) -> None:
        """Replay the binary log of the site's database into a new server, until the time of the restore."""
        assert self.moment
        old = self.current
        pair = self._new_pair(instance)
        new = pair.database
        stop = self.moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        read = [
            program("mariadb-binlog", "mariadb-client"),
            "--no-defaults",
            f"--stop-datetime={stop}",
            *old.binary_logs,
        ]
        new.replay(subprocess.run(read, check=True, capture_output=True, timeout=60).stdout)
        self.restored_rows = int(new.administer("SELECT COUNT(*) FROM website.orders")[0])
        pair.add_standby()
        self._attach()

    def _new_pair(self, instance: dict[str, Any]) -> MultiAz:
        """Return the primary of an instance, without data and without its standby."""
        pair = self._servers[instance["DbiResourceId"]] = MultiAz(lambda: self._new_server(_size(instance)))
        return pair

    def _new_server(self, size: int) -> Server:
        """Start a server without data, on a disk of this size."""
        self._made += 1
        folder = self._folder / f"mariadb-{self._made}"
        disk = Disk(folder / "data", size)
        disk.start()
        try:
            database = RealDatabase(folder, self._certificates, self._made, within=disk.within)
            database.start()
        except BaseException:
            disk.remove()
            raise
        return Server(database, disk)

    def _attach(self) -> None:
        places = {
            each["DBInstanceArn"]: {**self._servers[each["DbiResourceId"]].database.place, "user": "website"}
            for each in self._instances()
        }
        self._installation.emulator.tell(PATH, places)


def _size(instance: dict[str, Any]) -> int:
    """Return the size of an instance's disk here."""
    return int(instance["AllocatedStorage"]) * SHARE_OF_GIB
