"""A visitor's view of the site from this machine: what DNS gives for a name, and the response to a request."""

import socket
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException

TIMEOUT_SECONDS = 15

# Of every request: a page from a cache would say nothing about the site.
HEADERS = {"Cache-Control": "no-cache", "User-Agent": "resilient-website"}

# The body of a POST request: a small form.
FORM = b"a=1"


@dataclass(frozen=True)
class Page:
    """A response: its status, and its text."""

    status: int
    text: str


def ask(method: str, url: str) -> Page | None:
    """Send a request over HTTPS, redirects followed, and return the response; None if no complete one came."""
    if not url.startswith("https://"):
        return None
    body = FORM if method == "POST" else None
    request = urllib.request.Request(url, body, HEADERS, method=method)  # noqa: S310  # https only
    try:
        return _answered(request)
    # A connection that breaks within a response is an HTTPException, and no OSError.
    except (OSError, HTTPException):
        return None


def _answered(request: urllib.request.Request) -> Page:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            return Page(response.status, response.read().decode(errors="replace"))
    except urllib.error.HTTPError as error:
        with error:
            return Page(error.code, error.read().decode(errors="replace"))


class Internet:
    """Looks from this machine, by its own resolver."""

    def addresses(self, name: str) -> frozenset[str]:
        """Return the IP addresses that DNS gives for a name; none if there are none."""
        try:
            return frozenset(str(entry[4][0]) for entry in socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM))
        except OSError:
            return frozenset()

    def status(self, url: str) -> int | None:
        """Return the status of the response to a GET request, redirects followed; None if there is none."""
        page = ask("GET", url)
        return page.status if page else None
