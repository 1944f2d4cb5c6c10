"""Health that changes after some results in a row only, with all that happened to it."""

import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Change:
    """A change of health: when (time.monotonic) and to what."""

    at: float
    healthy: bool


@dataclass
class HealthState:
    """Healthy until `unhealthy_after` bad results in a row, unhealthy until `healthy_after` good ones.

    Route 53 takes a new check for healthy, and FailureThreshold for both ways. Source: "How Amazon Route 53 determines
    whether a health check is healthy".
    """

    unhealthy_after: int
    healthy_after: int
    healthy: bool = True
    results: int = 0
    changes: list[Change] = field(default_factory=list)
    _against: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, good: bool) -> None:
        """Take a result."""
        with self._lock:
            self.results += 1
            self._against = self._against + 1 if good != self.healthy else 0
            if self._against >= (self.unhealthy_after if self.healthy else self.healthy_after):
                self.healthy = good
                self._against = 0
                self.changes.append(Change(time.monotonic(), good))
