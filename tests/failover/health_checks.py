"""Route 53's health checks, executed: each at its RequestInterval, unhealthy after FailureThreshold failures in a row.

Source: "AWS::Route53::HealthCheck HealthCheckConfig", and "How Amazon Route 53 determines whether a health check is
healthy".
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cache
from typing import Any, Self

from tests.failover.health_states import HealthState
from tests.failover.repeating import Repeating
from tests.failover.scale import Scale
from tools.emulator.endpoint import Emulator

Json = dict[str, Any]

# Asks as a health checker does: (config) -> did it get what it wants.
Probe = Callable[[Json], bool]
# Tells the state of an alarm: (Region, name) -> "OK", "ALARM" or "INSUFFICIENT_DATA".
AlarmState = Callable[[str, str], str]

# How often the state of an alarm is looked at: as often as a fast health check asks.
ALARM_SECONDS = 10


class HealthChecks:
    """All health checks of an account; a context manager. `states` holds those that ask, by their ids."""

    def __init__(self, configs: Mapping[str, Json], probe: Probe, alarm_state: AlarmState, scale: Scale) -> None:
        self._configs = configs
        self._probe = probe
        self._alarm_state = alarm_state
        self._scale = scale
        self._running = ExitStack()
        self.states = {name: _state(config) for name, config in configs.items() if config["Type"] != "CALCULATED"}

    def __enter__(self) -> Self:
        for name, state in self.states.items():
            config = self._configs[name]
            of_alarm = config["Type"] == "CLOUDWATCH_METRIC"
            seconds = ALARM_SECONDS if of_alarm else int(config.get("RequestInterval", 30))
            action = self._watching(config, state) if of_alarm else self._asking(config, state)
            self._running.enter_context(Repeating(action, self._scale.here(seconds)))
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def all_healthy(self) -> bool:
        """Whether all checks that ask get what they want, apart from those that are inverted."""
        asking = [state for name, state in self.states.items() if not self._configs[name].get("Inverted")]
        return all(state.healthy for state in asking)

    def healthy(self, name: str) -> bool:
        """Return whether a health check is healthy. A disabled one is; Inverted turns the result round."""
        config = self._configs[name]
        if config.get("Disabled"):
            found = True
        elif config["Type"] == "CALCULATED":
            children = [self.healthy(child) for child in config.get("ChildHealthChecks", [])]
            found = sum(children) >= int(config.get("HealthThreshold", 0))
        else:
            found = self.states[name].healthy
        return found != bool(config.get("Inverted"))

    def _asking(self, config: Json, state: HealthState) -> Callable[[], None]:
        return lambda: state.add(self._probe(config))

    def _watching(self, config: Json, state: HealthState) -> Callable[[], None]:
        def look() -> None:
            alarm = config["AlarmIdentifier"]
            reported = self._alarm_state(alarm["Region"], alarm["Name"])
            if reported != "INSUFFICIENT_DATA":
                state.add(reported == "OK")
            elif config.get("InsufficientDataHealthStatus", "LastKnownStatus") != "LastKnownStatus":
                state.add(config["InsufficientDataHealthStatus"] == "Healthy")

        return look


def _state(config: Json) -> HealthState:
    """Return the state that a check starts in. An alarm's evaluation periods are the alarm's own matter."""
    threshold = 1 if config["Type"] == "CLOUDWATCH_METRIC" else int(config.get("FailureThreshold", 3))
    return HealthState(threshold, threshold)


def deployed(route53: Any) -> dict[str, Json]:
    """Return the configuration of all health checks of an account, by their ids."""
    pages = route53.get_paginator("list_health_checks").paginate()
    return {check["Id"]: check["HealthCheckConfig"] for page in pages for check in page["HealthChecks"]}


def alarm_states(emulator: Emulator, account: str) -> AlarmState:
    """Return what tells the state of an account's alarms, in any Region; one that is not there has no data."""
    client = cache(lambda region: emulator.client("cloudwatch", account, region))

    def state(region: str, name: str) -> str:
        described = client(region).describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return str(described[0]["StateValue"]) if described else "INSUFFICIENT_DATA"

    return state
