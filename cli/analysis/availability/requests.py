"""Requests: the kinds that visitors send, and a request as a hop receives it."""

from dataclasses import dataclass
from enum import StrEnum

READING = ("GET", "HEAD", "OPTIONS")


class Sender(StrEnum):
    """The sender of a request to a hop: security groups and certificates apply differently to each."""

    VISITOR = "a visitor"
    CLOUDFRONT = "CloudFront"
    VPC_ORIGIN = "CloudFront's VPC origin"
    HEALTH_CHECK = "a Route 53 health checker"


class RequestKind(StrEnum):
    """The kinds of requests that visitors send."""

    PAGE = "a page"
    FORM = "a form"
    ASSET = "an asset"
    SAVED = "a saved page"


@dataclass(frozen=True)
class Request:
    """A request as a hop receives it.

    `names`: the hop's certificate must cover one of them; empty if the sender does not check. `probe`: it only needs
    the servers, not their stores. `saved`: it requests a page of which a copy was saved.
    """

    host: str
    path: str
    method: str = "GET"
    scheme: str = "https"
    port: int = 443
    sender: Sender = Sender.VISITOR
    names: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    probe: bool = False
    saved: bool = False


@dataclass(frozen=True)
class Visit:
    """A request that visitors send, over HTTPS."""

    kind: RequestKind
    host: str
    path: str
    method: str

    @property
    def request(self) -> Request:
        """The request as the first hop receives it."""
        return Request(self.host, self.path, self.method, names=(self.host,), saved=self.kind is RequestKind.SAVED)
