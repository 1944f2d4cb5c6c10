"""The primary and the standby of a DB instance in two zones: two MariaDB servers, each with a disk of its own.

RDS writes to both before it acknowledges a write ("Multi-AZ DB instance deployments for Amazon RDS": it "automatically
provisions and maintains a synchronous standby replica"). Here, the primary's semisynchronous replication does: with the
wait point AFTER_SYNC, a commit is acknowledged, and seen by others, once the standby has written it to its relay log
("Semisynchronous Replication", MariaDB Server Documentation). It never goes on alone: its wait has no practical end.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from tests.failover.trial import wait
from tests.instance.real_database import RealDatabase
from tests.instance.servers import REPLICATION_PASSWORD, REPLICATION_USER
from tests.night.disks import Disk
from tests.night.endpoint import Endpoint

# On a busy machine, in seconds here.
PATIENCE = 60
_NO_END = 3_600_000  # milliseconds

_FOLLOW = f"""
SET GLOBAL rpl_semi_sync_slave_enabled=1, read_only=1;
CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={{port}}, MASTER_USER='{REPLICATION_USER}',
  MASTER_PASSWORD='{REPLICATION_PASSWORD}', MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1;
START SLAVE
"""
_WAIT_FOR_STANDBY = (
    f"SET GLOBAL rpl_semi_sync_master_wait_point=AFTER_SYNC, rpl_semi_sync_master_timeout={_NO_END},"
    " rpl_semi_sync_master_wait_no_slave=1, rpl_semi_sync_master_enabled=1"
)
_PROMOTE = "STOP SLAVE; RESET SLAVE ALL; SET GLOBAL rpl_semi_sync_slave_enabled=0, read_only=0"


@dataclass(frozen=True)
class Server:
    """A MariaDB that runs, and the disk with its data."""

    database: RealDatabase
    disk: Disk

    def end(self) -> None:
        """End it with its data, as the loss of its zone does."""
        self.database.kill()
        self.disk.remove()


class MultiAz:
    """Both servers, from `start` until `end`. `make` starts a server without data."""

    def __init__(self, make: Callable[[], Server]) -> None:
        self._make = make
        self._primary = make()
        self._standby: Server | None = None
        self._is_linked = True
        # The standby's way to the primary.
        self._link = Endpoint(lambda: int(self.database.place["port"]) if self._is_linked else None)
        self._link.start()

    @property
    def database(self) -> RealDatabase:
        """The primary."""
        return self._primary.database

    @property
    def disk(self) -> Disk:
        """The primary's disk."""
        return self._primary.disk

    def resize(self, size: int) -> None:
        """Change the size of both disks."""
        for server in self._servers:
            server.disk.resize(size)

    def add_standby(self) -> None:
        """Start a standby. Returns once it has all data, and the primary waits for it from then on."""
        standby = self._make()
        self._standby, self._is_linked = standby, True
        standby.database.administer(_FOLLOW.format(port=self._link.port))
        self._arrived(lambda: self._status("Rpl_semi_sync_master_clients") == "1", "the standby does not connect")
        self.database.administer(_WAIT_FOR_STANDBY)
        (position,) = self.database.administer("SELECT @@gtid_binlog_pos")
        (behind,) = standby.database.administer(f"SELECT MASTER_GTID_WAIT('{position}', {PATIENCE})")
        assert behind == "0", "the standby stays behind"

    def isolate(self) -> None:
        """Cut the primary off from its standby: what it writes from now on, it cannot acknowledge."""
        self._is_linked = False
        self._link.break_connections()

    def fail_over(self) -> None:
        """Lose the primary: its standby is the primary once it has applied what it received."""
        assert self._standby, "there is no standby"
        self.isolate()
        self._primary.end()
        standby = self._standby
        standby.database.administer("STOP SLAVE IO_THREAD")
        self._arrived(lambda: _has_applied(standby.database), "the standby does not apply what it received")
        standby.database.administer(_PROMOTE)
        self._primary, self._standby = standby, None

    def end(self) -> None:
        """End both servers."""
        with ExitStack() as ends:
            ends.callback(self._link.stop)
            for server in self._servers:
                ends.callback(server.end)

    @property
    def _servers(self) -> Sequence[Server]:
        return [server for server in (self._primary, self._standby) if server]

    def _status(self, name: str) -> str:
        (line,) = self.database.administer(f"SHOW GLOBAL STATUS LIKE '{name}'")
        return line.split("\t")[1]

    def _arrived(self, there: Callable[[], bool], problem: str) -> None:
        assert wait(there, PATIENCE), problem


def _has_applied(standby: RealDatabase) -> bool:
    """Tell whether a standby has applied each transaction of its relay log."""
    (applied,) = standby.administer("SELECT @@gtid_slave_pos")
    return standby.replication()["Gtid_IO_Pos"] == applied
