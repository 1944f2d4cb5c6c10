"""How long a second of AWS lasts here."""

from dataclasses import dataclass

# 30 s x 3, the default until a health check fails, take 1.1 s.
SECOND = 0.0125


@dataclass(frozen=True)
class Scale:
    """Turns seconds of AWS into seconds here, and back."""

    second: float = SECOND

    def here(self, seconds: float) -> float:
        """Return how long seconds of AWS last here."""
        return seconds * self.second

    def on_aws(self, seconds: float) -> float:
        """Return the number of AWS seconds that seconds of the test represent."""
        return seconds / self.second
