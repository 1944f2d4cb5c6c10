"""A DNS server on loopback that answers as Route 53 would from an account's records, with the health of the moment."""

import random
import socketserver
import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.failover.records import Record, chosen, plain

# The names of AWS itself: (name) -> IPv4 addresses; none for a name that nothing is behind.
Addresses = Callable[[str], Sequence[str]]

HOST = "127.0.0.1"
ALIAS_TTL = 60
ANSWERED = ("A", "AAAA", "CNAME")
_MAX_STEPS = 8


class Zones:
    """What Route 53 holds: records, and the health that decides between them.

    `healthy` tells of a health check's id, `target_healthy` of the name that an alias with EvaluateTargetHealth leads
    to, `addresses` gives those of AWS's own names. Records of private zones are answered with if `private` only.
    """

    def __init__(
        self,
        records: Sequence[Record],
        healthy: Callable[[str], bool],
        target_healthy: Callable[[str], bool],
        addresses: Addresses,
        *,
        private: bool = False,
        chance: random.Random | None = None,
    ) -> None:
        self._private = private
        self.replace(records)
        self._healthy = healthy
        self._target_healthy = target_healthy
        self._addresses = addresses
        self._chance = chance or random.Random()

    def replace(self, records: Sequence[Record]) -> None:
        """Hold other records from now on."""
        self._records = [record for record in records if self._private or not record.private]

    def answer(self, name: str, kind: str) -> list[dns.rrset.RRset] | None:
        """Return the answer to a question, a CNAME before what it leads to; None if there is no such name."""
        found: list[dns.rrset.RRset] = []
        asked = at = plain(name)
        for _ in range(_MAX_STEPS):
            own = [record for record in self._records if record.name == at]
            if not own:
                addresses = self._addresses(at)
                if addresses and kind in ("A", "AAAA"):
                    mapped = [f"::ffff:{item}" if kind == "AAAA" else item for item in addresses]
                    found.append(dns.rrset.from_text_list(f"{asked}.", ALIAS_TTL, "IN", kind, mapped))
                return found if found or addresses else None
            record = self._chosen(own, kind) or self._chosen(own, "CNAME")
            if record is None:
                return found
            if record.alias:
                at = record.alias
                continue
            # Route 53 takes the name that a CNAME leads to with or without its last dot.
            dot = "." if record.type == "CNAME" else ""
            values = [value.rstrip(".") + dot for value in record.values]
            found.append(dns.rrset.from_text_list(f"{asked}.", record.ttl, "IN", record.type, values))
            if record.type != "CNAME" or kind == "CNAME":
                return found
            asked = at = plain(record.values[0])
        return found

    def _chosen(self, own: Sequence[Record], kind: str) -> Record | None:
        return chosen([record for record in own if record.type == kind], self._serves, self._chance)

    def _serves(self, record: Record) -> bool:
        if record.health_check and not self._healthy(record.health_check):
            return False
        if not record.evaluate_target_health:
            return True
        behind = [other for other in self._records if other.name == record.alias and other.type == record.type]
        return any(map(self._serves, behind)) if behind else self._target_healthy(record.alias)


class NameServer:
    """Serves zones by UDP on a free port of loopback; a context manager."""

    def __init__(self, zones: Zones) -> None:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                data, sock = self.request
                sock.sendto(_response(zones, data), self.client_address)

        self._server = socketserver.ThreadingUDPServer((HOST, 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _response(zones: Zones, data: Any) -> bytes:
    query = dns.message.from_wire(data)
    response = dns.message.make_response(query)
    response.flags |= dns.flags.AA
    question = query.question[0]
    kind = dns.rdatatype.to_text(question.rdtype)
    answer = zones.answer(question.name.to_text(), kind) if kind in ANSWERED else []
    if answer is None:
        response.set_rcode(dns.rcode.NXDOMAIN)
    response.answer = answer or []
    return response.to_wire()
