"""The names and front doors of an account, running: health checks, name server and addresses, put together."""

import ssl
from contextlib import ExitStack
from http.client import HTTPException
from typing import Any, Self

from tests.failover import front_doors, health_checks, records
from tests.failover.client import Client
from tests.failover.front_addresses import FrontAddresses
from tests.failover.health_checks import HealthChecks, Json
from tests.failover.name_server import NameServer, Zones
from tests.failover.requests import CONNECT_SECONDS, send
from tests.failover.resolver import Resolver
from tests.failover.scale import Scale
from tests.failover.target_health import TargetHealth
from tests.sites import Installation

# Source: "How Amazon Route 53 determines whether a health check is healthy", which also says that certificates are not
# validated.
_SEARCHED = 5120
_USER_AGENT = "Amazon-Route53-Health-Check-Service"
# Four seconds on AWS, which scaled would be too short for this machine.
_CONNECT_SECONDS = 0.25
_UNVERIFIED = ssl._create_unverified_context()


class Harness:
    """All that visitors of an account's sites meet on their way to the emulator; a context manager.

    `regions`: the account in further Regions. `private`: whether names are those that servers in the VPC see, private
    zones among them. `connect_seconds`: how long clients wait for a connection, in seconds here.
    """

    def __init__(
        self,
        installation: Installation,
        scale: Scale,
        *regions: Installation,
        private: bool = False,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        self.scale = scale
        self._connect_seconds = connect_seconds
        route53 = installation.client("route53")
        self.addresses = FrontAddresses(installation.emulator, front_doors.deployed(installation, *regions), scale)
        found = records.deployed(route53)
        evaluated = {record.alias for record in found if record.evaluate_target_health}
        self.targets = TargetHealth(installation.client("elbv2"), evaluated, scale)
        alarm_state = health_checks.alarm_states(installation.emulator, installation.account)
        self.checks = HealthChecks(health_checks.deployed(route53), self._probe, alarm_state, scale)
        self._route53 = route53
        self._zones = Zones(found, self.checks.healthy, self.targets.healthy, self.addresses.addresses, private=private)
        self.name_server = NameServer(self._zones)
        self._running = ExitStack()

    def __enter__(self) -> Self:
        for part in (self.addresses, self.name_server, self.targets, self.checks):
            self._running.enter_context(part)
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def client(self, visit: Any, host: str, path: str, kind: type[Client] = Client) -> Client:
        """Return a client, of the usual kind or another, with a separate resolver."""
        resolver = Resolver(self.name_server.port, self.scale)
        return kind(visit, host, path, self.addresses, resolver, self._connect_seconds)

    def read_records(self) -> None:
        """Answer with the records as they are now, after an update of a stack."""
        self._zones.replace(records.deployed(self._route53))

    @property
    def healthy(self) -> bool:
        """Whether all health checks and all targets that are looked at are healthy; an inverted check is a signal."""
        return self.checks.all_healthy and all(state.healthy for state in self.targets.states.values())

    def _probe(self, config: Json) -> bool:
        """Ask once, as a health checker does."""
        secure = config["Type"].startswith("HTTPS")
        host = config.get("FullyQualifiedDomainName") or config.get("IPAddress", "")
        port = self.addresses.ports.get(int(config.get("Port") or (443 if secure else 80)))
        trust = _UNVERIFIED if secure else None
        try:
            address = Resolver(self.name_server.port, self.scale, keeps=False).address(host)
            if not address or not port:
                return False
            path = config.get("ResourcePath") or "/"
            response = send(
                address, port, host, path, "GET", trust, user_agent=_USER_AGENT, connect_seconds=_CONNECT_SECONDS
            )
        except (OSError, HTTPException):
            return False
        searched = config.get("SearchString", "")
        return 200 <= response.status < 400 and searched.encode() in response.body.encode()[:_SEARCHED]
