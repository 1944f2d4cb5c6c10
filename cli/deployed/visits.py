"""A visitor's view of the site from this machine: what DNS gives for a name, and the status of a page."""

import socket
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 15


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
        if not url.startswith("https://"):
            return None
        request = urllib.request.Request(url, headers={"Cache-Control": "no-cache", "User-Agent": "resilient-website"})  # noqa: S310  # https only
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None
