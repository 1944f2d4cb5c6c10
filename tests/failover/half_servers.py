"""The web servers of a half of a site, as many as its Auto Scaling group wants: the emulator's starts none."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Self

from cli.switch.servers import LAUNCH
from tests.failover.repeating import Repeating
from tests.sites import Installation
from tools.emulator.instances import Instance, register

# How often the group is looked at, in seconds here.
_LOOK = 0.5


class HalfServers:
    """Processes in the half's target group; a context manager that follows the half's group until it ends.

    `environment` returns the settings of a server that is started now. Their name is the half's Region.
    """

    def __init__(self, half: Installation, stack: str, environment: Callable[[], Mapping[str, str]]) -> None:
        resources = half.resources(stack)
        self._half = half
        self._environment = environment
        self._group = resources["SiteAutoScalingGroup"]
        self._targets = resources["SiteTargetGroup"]
        self._instances: list[Instance] = []
        self._lost = False
        self._lock = threading.RLock()
        self._following = Repeating(self.follow, _LOOK)

    def __enter__(self) -> Self:
        self.follow()
        self._following.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._following.__exit__()
        finally:
            self._end()

    @property
    def running(self) -> bool:
        """Whether there are servers."""
        with self._lock:
            return bool(self._instances)

    def follow(self) -> None:
        """Start or stop servers, if the group has another size; the group of a lost Region can't be asked."""
        with self._lock:
            if self._lost:
                return
            group = self._described()
            launches = LAUNCH not in {process["ProcessName"] for process in group.get("SuspendedProcesses", [])}
            if group["DesiredCapacity"] < len(self._instances):
                register(self._half.client("elbv2"), self._targets, [])
                self._end()
            if launches and group["DesiredCapacity"] > len(self._instances):
                self._start(group["DesiredCapacity"] - len(self._instances))

    def lose(self, region: Callable[[], None]) -> None:
        """Lose the Region and the servers in it, while nothing is asked of it."""
        with self._lock:
            self._lost = True
            region()
            self._end()

    def come_back(self, region: Callable[[], None]) -> None:
        """Bring the Region back, and servers as its group wants them."""
        with self._lock:
            region()
            self._lost = False
            self.follow()

    def _described(self) -> Mapping[str, Any]:
        client = self._half.client("autoscaling")
        found: list[Mapping[str, Any]] = client.describe_auto_scaling_groups(AutoScalingGroupNames=[self._group])[
            "AutoScalingGroups"
        ]
        return found[0]

    def _start(self, number: int) -> None:
        started = [Instance(self._half.region, self._environment()) for _ in range(number)]
        self._instances += started
        for instance in started:
            instance.start()
        register(self._half.client("elbv2"), self._targets, self._instances)

    def _end(self) -> None:
        for instance in self._instances:
            instance.kill()
        self._instances = []
