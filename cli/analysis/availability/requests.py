"""Requests: the kinds that visitors send, and how one looks to the hop that it arrives at."""

from dataclasses import dataclass
from enum import StrEnum

READING = ("GET", "HEAD", "OPTIONS")


class Sender(StrEnum):
    """Who a hop gets a request from: its security group and its certificate matter to each in another way."""

    VISITOR = "a visitor"
    CLOUDFRONT = "CloudFront"
    VPC_ORIGIN = "CloudFront's VPC origin"
    HEALTH_CHECK = "a health checker of Route 53"


class RequestKind(StrEnum):
    """The kinds of requests that visitors send."""

    PAGE = "a page"
    FORM = "a form"
    ASSET = "an asset"
    SAVED = "a saved page"


@dataclass(frozen=True)
class Request:
    """A request as it arrives at a hop.

    `names`: the names of which the hop's certificate must cover one; none for who does not check. `probe`: it asks the
    servers alone, none of the stores behind them. `saved`: it asks for a page that a copy was saved of.
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
        """How it arrives at whoever the host's name leads to."""
        return Request(self.host, self.path, self.method, names=(self.host,), saved=self.kind is RequestKind.SAVED)
