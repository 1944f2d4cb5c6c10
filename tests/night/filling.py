"""What fills disks: a log that grows on a server, and a job of the application that writes into the database."""

import errno
import subprocess
from collections.abc import Callable

from tests.instance.real_database import RealDatabase
from tests.night.disks import Disk

# Slow enough that an alarm of 15 minutes fires before a disk is full: those here have 5 to 10 MiB left at its start.
SECONDS_BETWEEN = 0.7
_LINES = 128 * 1024
_LOG = "debug.log"
# The disk is full; the disk is gone with its server, or with the process through which it is seen.
_EXPECTED = (errno.ENOSPC, errno.ENOENT, errno.ESRCH)
# Rows of one write: of 8,000 bytes, which take a page of 16 KiB each. More of them until the disk is nearly full, since
# each write is a process; those have to leave room for the ones until the alarm fires.
_ROWS, _ROWS_AT_FIRST = 16, 128
# InnoDB takes four times as much at once for tables from 32 MiB on, of which a full disk would leave much unused.
_ROWS_OF_TABLE = 1792
# The job writes no binary log: its disk is full in the primary, and the standby has room for what it receives.
_WRITE = """USE website; SET sql_log_bin=0;
CREATE TABLE IF NOT EXISTS reports_{number} (line TEXT NOT NULL);
INSERT INTO reports_{number} SELECT REPEAT('x', 8000) FROM seq_1_to_{rows}"""
# As a page does, which is the only one that could go on: a table has up to 64 pages that it does not use yet.
_ORDER = "INSERT INTO website.orders (cart) SELECT REPEAT('x', 8000) FROM seq_1_to_{rows}"


class GrowingLog:
    """A log on a server's disk. A full disk or the end of the server does not stop what writes it."""

    def reach(self, disk: Disk, percent: float) -> None:
        """Write until more than this share of the disk is used."""
        while disk.used_percent <= percent:
            self.grow(disk)

    def fill(self, disk: Disk) -> None:
        """Write until there is no room."""
        while disk.free:
            self.grow(disk)

    def grow(self, disk: Disk) -> None:
        """Write some lines, or as many as there is room for."""
        left = b"x" * _LINES
        try:
            with (disk.path / _LOG).open("ab", buffering=0) as log:
                while left:
                    left = left[log.write(left) :]
        except OSError as error:
            if error.errno not in _EXPECTED:
                raise


class FillingJob:
    """Writes rows into the database. `refused`: what it said to the last rows that it did not take."""

    def __init__(self, database: RealDatabase) -> None:
        self._database = database
        self._rows = 0
        self.refused = ""

    def reach(self, there: Callable[[], bool]) -> None:
        """Write until it is there."""
        while not there():
            self.write(_ROWS_AT_FIRST)
            assert not self.refused, self.refused

    def fill(self) -> None:
        """Write until nothing more is taken, and then orders until no page can write one either."""
        while not self.refused:
            self.write(_ROWS_AT_FIRST)
        for rows in (_ROWS, 1):
            while not self._refusal(_ORDER.format(rows=rows)):
                pass

    def write(self, rows: int = _ROWS) -> None:
        """Write some rows, if they are taken."""
        refusal = self._refusal(_WRITE.format(number=self._rows // _ROWS_OF_TABLE, rows=rows))
        self.refused = refusal or self.refused
        self._rows += 0 if refusal else rows

    def _refusal(self, sql: str) -> str:
        """Run SQL; return what the database says if it does not take it."""
        try:
            self._database.administer(sql)
        except subprocess.CalledProcessError as error:
            return str(error.stderr)
        return ""
