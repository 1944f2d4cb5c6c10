"""Addresses for the front doors: each has its own on loopback, speaks TLS there, and can fall silent.

What comes in goes to the emulator, to the front door that the address belongs to.
"""

import selectors
import ssl
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import trustme

from tests.failover.address_server import AddressServer
from tests.failover.front_doors import FrontDoor
from tests.failover.scale import Scale
from tests.failover.upstream import Upstream
from tools.emulator.endpoint import Emulator

# 127.0.0.1 is left to everybody else.
_NETWORK = "127.0.53."
_WAIT = 0.1


@dataclass(frozen=True)
class _Address:
    door: FrontDoor
    zone: int
    servers: tuple[AddressServer, ...]


class FrontAddresses:
    """The addresses of front doors, each on the same two free ports (for 443 and for 80); a context manager."""

    def __init__(self, emulator: Emulator, doors: Iterable[FrontDoor], scale: Scale) -> None:
        self._scale = scale
        self._authority = trustme.CA()
        self._trust = ssl.create_default_context(cadata=self._authority.cert_pem.bytes().decode())
        self._upstream = Upstream(emulator)
        self._addresses: dict[str, _Address] = {}
        self._withdrawn: frozenset[str] = frozenset()
        self.ports: dict[int, int] = {443: 0, 80: 0}
        for door in doors:
            for zone in range(door.addresses):
                self._open(door, zone)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.repair()
        self._stopped.set()
        self._thread.join()
        for address in self._addresses.values():
            for server in address.servers:
                server.server_close()
        self._upstream.close()

    def trust(self) -> ssl.SSLContext:
        """Return the context of all clients, which trusts the authority of all front doors."""
        return self._trust

    def addresses(self, name: str) -> list[str]:
        """Return what DNS answers for a front door's own name: the addresses that are not withdrawn."""
        return [at for at, found in self._addresses.items() if found.door.name == name and at not in self._withdrawn]

    def door(self, address: str) -> FrontDoor:
        """Return the front door that has an address."""
        return self._addresses[address].door

    def silence(self, *kinds: str) -> None:
        """Let nothing answer any more at all front doors of some kinds: connections are taken, and that is all."""
        self._silence(at for at, found in self._addresses.items() if found.door.kind in kinds)

    def lose_zone(self, kind: str, zone: int) -> None:
        """Silence the addresses in a zone (counted from 0), and have DNS leave them out."""
        lost = [at for at, found in self._addresses.items() if (found.door.kind, found.zone) == (kind, zone)]
        self._silence(lost)
        self._withdrawn = frozenset(lost)

    def repair(self) -> None:
        """Have everything answer again."""
        self._withdrawn = frozenset()
        for address in self._addresses.values():
            for server in address.servers:
                server.answering.set()

    def _silence(self, addresses: Iterable[str]) -> None:
        for at in addresses:
            for server in self._addresses[at].servers:
                server.answering.clear()

    def _open(self, door: FrontDoor, zone: int) -> None:
        at = f"{_NETWORK}{len(self._addresses) + 1}"
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*(door.covered or (door.name,))).configure_cert(tls)
        kept = self._scale.here(door.keep_alive)
        secure = AddressServer((at, self.ports[443]), door.name, self._upstream, tls, kept)
        open_ = AddressServer((at, self.ports[80]), door.name, self._upstream, None, kept)
        self.ports = {443: secure.server_port, 80: open_.server_port}
        self._addresses[at] = _Address(door, zone, (secure, open_))

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            for address in self._addresses.values():
                for server in address.servers:
                    selector.register(server, selectors.EVENT_READ, server)
            while not self._stopped.is_set():
                for key, _ in selector.select(_WAIT):
                    # `handle_request` would wait for the connection once more, with a selector of its own.
                    key.data._handle_request_noblock()
