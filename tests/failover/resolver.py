"""A visitor's resolver: asks the name server, and keeps answers for as long as they live."""

import random
import time
from collections.abc import Callable

import dns.exception
import dns.message
import dns.query
import dns.rdatatype

from tests.failover.name_server import HOST
from tests.failover.scale import Scale

# The name server is never what fails.
SECONDS = 30


def asked(port: int, name: str, kind: str = "A") -> tuple[list[str], int]:
    """Return the addresses that the server on a port gives for a name, and how many seconds they may be kept.

    Raises TimeoutError if it does not answer.
    """
    try:
        answer = dns.query.udp(dns.message.make_query(name, kind), HOST, timeout=SECONDS, port=port).answer
    except dns.exception.Timeout as error:
        raise TimeoutError(f"no answer about {name}") from error
    wanted = [found for found in answer if dns.rdatatype.to_text(found.rdtype) == kind]
    return [item.to_text() for found in wanted for item in found], min((found.ttl for found in answer), default=0)


class Resolver:
    """Resolves names to IPv4 addresses, one of several at random. Not for use by several threads."""

    def __init__(
        self, port: int, scale: Scale, *, keeps: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._port = port
        self._scale = scale
        self._clock = clock
        self._keeps = keeps
        self._kept: dict[str, tuple[float, list[str]]] = {}

    def address(self, name: str) -> str | None:
        """Return an address; None if the name leads nowhere."""
        until, addresses = self._kept.get(name, (0.0, []))
        if self._clock() >= until:
            addresses, ttl = asked(self._port, name)
            self._kept[name] = (self._clock() + self._scale.here(ttl) * self._keeps, addresses)
        return random.choice(addresses) if addresses else None
