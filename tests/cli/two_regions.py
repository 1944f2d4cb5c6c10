"""Two Regions with a site's halves, in memory: the few APIs that `switch` uses, as AWS's documents describe them.

No moto, no emulator: neither has drift-aware change sets, a lost Region whose APIs are dead, replication that takes
time, or an interruption after any single call. The clients are boto3's own: every request and every response is checked
against AWS's service models. Time passes only while somebody sleeps.
"""

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ConnectTimeoutError

from cli.deployed.tools import Tools
from tests.cli.aws_in_memory import aws_error, check_form, in_place, real_client
from tests.cli.fake_region import FakeRegion
from tests.cli.region_state import DOMAIN, PRIMARY, SECONDARY, STACK, Refused

START = datetime(2026, 3, 1, 1, 0, 30, tzinfo=UTC)

# DNS follows the signal after the health check's interval times its threshold, and a TTL.
DNS_DELAY = timedelta(seconds=90)


MUTATING = ("Put", "Delete", "Update", "Promote", "Suspend", "Resume", "Create", "Execute")

# Services whose APIs are in no Region that a test can lose.
GLOBAL = ("cloudfront", "cloudfront-keyvaluestore")


class Interrupted(KeyboardInterrupt):
    """The person pressed Ctrl-C."""


@dataclass
class World:
    """Both Regions, the time, and what goes wrong: dead Regions, refused operations, the call to be interrupted after.

    `calls` are the operations asked, with their Region.
    """

    mode: str = "PilotLight"
    lag: float = 3
    with_database: bool = True
    # With internal load balancers: None for a distribution that lacks the copy's VPC origin.
    internal: bool = False
    store: dict[str, str] | None = field(default_factory=dict)
    now: datetime = START
    dead: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    interrupt_after: int | None = None
    calls: list[tuple[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    turned_at: datetime = START - timedelta(days=1)
    # After each call: how many calls have changed something, how many changes are due, and where visitors are led.
    beats: list[tuple[int, int, str]] = field(default_factory=list)
    _events: list[tuple[datetime, Callable[[], None]]] = field(default_factory=list)
    _changed: int = 0

    def __post_init__(self) -> None:
        self.regions = {name: FakeRegion(self, name) for name in (PRIMARY, SECONDARY)}

    @property
    def file(self) -> dict[str, Any]:
        """The site's file, as it was deployed to the primary Region first."""
        return self[PRIMARY].deployed

    def __getitem__(self, region: str) -> FakeRegion:
        return self.regions[region]

    def later(self, seconds: float, change: Callable[[], None]) -> None:
        """Change something after a time."""
        self._events.append((self.now + timedelta(seconds=seconds), change))

    @property
    def is_settled(self) -> bool:
        """Whether nothing is due."""
        return not self._events

    def sleep(self, seconds: float) -> None:
        """Let time pass, and what is due happen in its order."""
        end = self.now + timedelta(seconds=seconds)
        while due := sorted((event for event in self._events if event[0] <= end), key=lambda event: event[0]):
            self._events.remove(due[0])
            self.now = max(self.now, due[0][0])
            due[0][1]()
        self.now = end

    def _beat(self) -> None:
        """Count the calls, after which a person can interrupt. While waiting, nothing changes that a call did not."""
        self.beats.append((self._changed, len(self._events), self.dns()))
        if len(self.beats) == self.interrupt_after:
            raise Interrupted

    def changes(self) -> list[tuple[str, str]]:
        """Return the calls that change something."""
        return [(region, operation) for region, operation in self.calls if operation.startswith(MUTATING)]

    def lose(self, region: str) -> None:
        """Lose a Region: its APIs do not answer, its servers and its database are gone."""
        self.dead.add(region)
        self[region].lost_at = self.now

    @property
    def signalled(self) -> str:
        """The Region that the signal, or the key value store, leads to."""
        if self.internal:
            return (self.store or {}).get("active", PRIMARY)
        return SECONDARY if "_switch/active" in self[SECONDARY].objects else PRIMARY

    def dns(self) -> str:
        """Return the Region that DNS or CloudFront leads to."""
        if self.internal:
            return self.signalled
        if SECONDARY in self.dead:
            return PRIMARY
        turned = self.now - self.turned_at >= DNS_DELAY
        other = PRIMARY if self.signalled == SECONDARY else SECONDARY
        return self.signalled if turned else other

    def addresses(self, name: str) -> frozenset[str]:
        """Return what DNS gives, as `Visitor`."""
        if name == f"active.{DOMAIN}":
            return frozenset({f"address of {self.dns()}"})
        return frozenset({f"address of {region}" for region in self.regions if name == f"lb.{region}"})

    def status(self, url: str) -> int | None:
        """Return what a visitor gets, as `Visitor`."""
        assert url == f"https://{DOMAIN}/health", url
        half = self[self.dns()]
        return 200 if half.name not in self.dead and half.healthy else 503

    def tools(self) -> Tools:
        """Return what a switch gets."""
        return Tools(real_client, lambda: self.now, self.sleep, self.said.append, self)

    def call(self, client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        """Answer a request, checked against AWS's model."""
        model = client.meta.service_model.operation_model(operation)
        region, service = client.meta.region_name, client.meta.service_model.service_name
        self.calls.append((region, operation))
        check_form(operation, arguments, model.input_shape)
        if region in self.dead and service not in GLOBAL:
            raise ConnectTimeoutError(endpoint_url=f"https://{service}.{region}.amazonaws.com")
        if operation in self.refused:
            raise aws_error(operation, self.refused[operation], "as the test wants it")
        try:
            # CloudFront's own Region is aws-global: whichever half answers.
            half = self.regions.get(region, self[PRIMARY])
            # A copy, since what a stand-in keeps the caller may change; pickle makes it five times as fast as deepcopy.
            answer = getattr(half, operation)(**pickle.loads(pickle.dumps(arguments)))
        except Refused as refused:
            raise aws_error(operation, refused.code, refused.text) from refused
        check_form(operation, answer, model.output_shape)
        self._changed += operation.startswith(MUTATING)
        self._beat()
        return answer

    def state(self) -> Any:
        """Return everything that a switch changes, to be compared; no times."""
        states = {name: region.state() for name, region in self.regions.items()}
        return json.loads(json.dumps({**states, "store": self.store}, sort_keys=True))


__all__ = ["DOMAIN", "PRIMARY", "SECONDARY", "STACK", "Interrupted", "World", "in_place"]
