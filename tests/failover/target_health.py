"""The health of load balancers' targets as an alias record that evaluates it sees it: by the group's own figures.

Source: "EvaluateTargetHealth" in the Amazon Route 53 API reference: every target group with targets
needs a healthy one.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any, Self

from tests.failover.health_states import HealthState
from tests.failover.repeating import Repeating
from tests.failover.scale import Scale


class TargetHealth:
    """The target groups of the load balancers of some names; a context manager. `states`: by name and group."""

    def __init__(self, elbv2: Any, names: Iterable[str], scale: Scale) -> None:
        self._elbv2 = elbv2
        self._scale = scale
        self._running = ExitStack()
        self._groups = {
            (balancer["DNSName"].lower(), group["TargetGroupArn"]): group
            for balancer in elbv2.describe_load_balancers()["LoadBalancers"]
            if balancer["DNSName"].lower() in set(names)
            for group in elbv2.describe_target_groups(LoadBalancerArn=balancer["LoadBalancerArn"])["TargetGroups"]
        }
        self.states = {
            key: HealthState(int(group["UnhealthyThresholdCount"]), int(group["HealthyThresholdCount"]))
            for key, group in self._groups.items()
        }

    def __enter__(self) -> Self:
        for key, group in self._groups.items():
            seconds = self._scale.here(int(group["HealthCheckIntervalSeconds"]))
            self._running.enter_context(Repeating(self._looking(key), seconds))
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def healthy(self, name: str) -> bool:
        """Return whether a load balancer can serve; an unknown or unchecked name can."""
        return all(state.healthy for (owner, _), state in self.states.items() if owner == name)

    def _looking(self, key: tuple[str, str]) -> Callable[[], None]:
        def look() -> None:
            described = self._elbv2.describe_target_health(TargetGroupArn=key[1])["TargetHealthDescriptions"]
            states = [entry["TargetHealth"]["State"] for entry in described]
            self.states[key].add(not states or "healthy" in states)

        return look
