"""A deployed alarm, evaluated by its own properties on a scaled clock, from what is seen here."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.failover.scale import Scale
from tests.sites import Installation

# Of what its own properties need, until it must have fired.
MARGIN = 4
# What a minimum or maximum measures lasts for the whole of a period here: its periods are shorter.
FASTER = 3
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}


@dataclass(frozen=True)
class Alarm:
    """An alarm of a stack. `name` is its logical id without the site's."""

    name: str
    described: dict[str, Any]
    installation: Installation
    scale: Scale

    @property
    def section(self) -> str:
        """The section of the runbook that its text names."""
        (found,) = re.findall(r"Runbook: docs/on-call\.md#([\w-]+)", self.described["AlarmDescription"])
        return str(found)

    def fired(self, sample: Callable[[float], float]) -> float:
        """Wait until it fires, and return after how many seconds of AWS; fails if it does not.

        `sample` returns the metric's value in the time since a moment (time.monotonic).
        """
        metrics = self.described.get("Metrics", ())
        period = self.described.get("Period") or next(
            each["MetricStat"]["Period"] for each in metrics if "MetricStat" in each
        )
        periods = self.described["EvaluationPeriods"]
        needed = self.described.get("DatapointsToAlarm", periods)
        faster = FASTER if self.described.get("Statistic") in ("Minimum", "Maximum") else 1
        breaching = _COMPARE[self.described["ComparisonOperator"]]
        began = time.monotonic()
        found: list[bool] = []
        while sum(found[-periods:]) < needed:
            assert len(found) < MARGIN * faster * periods, f"{self.name} does not fire: {found}"
            start = time.monotonic()
            time.sleep(self.scale.here(period) / faster)
            found.append(breaching(sample(start), self.described["Threshold"]))
        self._say("ALARM")
        return self.scale.on_aws(time.monotonic() - began) * faster

    def over(self) -> None:
        """Let it be over."""
        self._say("OK")

    def _say(self, state: str) -> None:
        self.installation.client("cloudwatch").set_alarm_state(
            AlarmName=self.described["AlarmName"], StateValue=state, StateReason="tests.night"
        )


def alarm(installation: Installation, stack: str, name: str, scale: Scale) -> Alarm:
    """Return an alarm of a stack with one site, by its logical id without the site's."""
    physical = installation.resources(stack)[f"Site{name}"]
    (described,) = installation.client("cloudwatch").describe_alarms(AlarmNames=[physical])["MetricAlarms"]
    return Alarm(name, described, installation, scale)
