"""What is restored: a time, or a snapshot; and the names of the databases, which only depend on it.

So the same command finds what an interrupted one has done.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

# Source: "CreateDBInstance" in the Amazon RDS API Reference, DBInstanceIdentifier.
MAX_IDENTIFIER = 63


@dataclass(frozen=True)
class Target:
    """A point in time, or a snapshot; exactly one of them."""

    time: datetime | None = None
    snapshot: str | None = None

    @property
    def title(self) -> str:
        """The target in messages."""
        return f"{self.time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if self.time else f"snapshot {self.snapshot}"


@dataclass(frozen=True)
class Names:
    """Identifiers: the site's own, the restored database's until the swap, and the old one's after it."""

    own: str
    restored: str
    kept: str


def names(own: str, target: Target) -> Names:
    """Return the identifiers for a restore of the database `own`."""
    key = hashlib.sha256(target.title.encode()).hexdigest()[:6]
    return Names(own, _fit(own, f"-restored-{key}"), _fit(own, f"-before-restore-{key}"))


def _fit(own: str, end: str) -> str:
    """Return an identifier of at most 63 characters, without two hyphens in a row."""
    return own[: MAX_IDENTIFIER - len(end)].rstrip("-") + end
