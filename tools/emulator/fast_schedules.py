"""Scheduled rules whose minutes last a second, so that what polls each minute can be waited for."""

import re
from typing import Any

from ministack.services import eventbridge  # type: ignore[import-not-found]

SECONDS_PER_MINUTE = 1


def register() -> None:
    """Have the scheduler look each second, and take `rate(n minutes)` for n seconds."""
    own_rate = eventbridge._parse_rate_seconds

    def rate(expression: str) -> Any:
        minutes = re.fullmatch(r"rate\((\d+) minutes?\)", expression)
        return SECONDS_PER_MINUTE * int(minutes[1]) if minutes else own_rate(expression)

    eventbridge._parse_rate_seconds = rate
    eventbridge._SCHEDULER_TICK_INTERVAL = SECONDS_PER_MINUTE
