"""The CloudFront function that prefers the saved page, `prefer_saved_page.js`, and what it does.

Analyses of a template recognize the function by its exact code, with any values filled in. A released version keeps its
code, so changed code goes into a file and an entry in `CODES` of its own, and earlier entries stay.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from resilient_website.quoting import javascript


class RequestOriginGroup(NamedTuple):
    """The origin group that the function creates for requests of these hosts and methods.

    The id of its second origin is `second` followed by the host's index in `hosts`. `statuses` are the failures of the
    first origin.
    """

    hosts: tuple[str, ...]
    methods: tuple[str, ...]
    first: str
    second: str
    statuses: tuple[int, ...]

    def members(self, host: str, method: str) -> tuple[str, str] | None:
        """Return the ids of the two origins for a request; None if the function does not apply to it."""
        if method not in self.methods or host not in self.hosts:
            return None
        return self.first, f"{self.second}{self.hosts.index(host)}"


class Code(NamedTuple):
    """Code of the function before its values are filled in, and the methods of the requests to which it applies."""

    source: str
    methods: tuple[str, ...]

    def text(self, hosts: Sequence[str], first: str, second: str, statuses: Sequence[int]) -> str:
        """Return the code for one site; see RequestOriginGroup for the values."""
        values = {"NAMES": list(hosts), "WEB": first, "SAVED": second, "STATUSES": list(statuses)}
        return javascript.filled(self.source, values)

    def meaning(self, text: str) -> RequestOriginGroup | None:
        """Return what a function with this text does; None if it is not this code."""
        values = javascript.values_in(self.source, text)
        return _group(self.methods, values) if values else None


def _group(methods: tuple[str, ...], values: Mapping[str, Any]) -> RequestOriginGroup | None:
    """Return the origin group for filled-in values; None if one has another type."""
    match values:
        case {"NAMES": [*hosts], "WEB": str() as first, "SAVED": str() as second, "STATUSES": [*statuses]}:
            if all(isinstance(host, str) for host in hosts) and all(type(status) is int for status in statuses):
                return RequestOriginGroup(tuple(hosts), methods, first, second, tuple(statuses))
    return None


# The code of every version, newest first. Its first entry is that of the newest version.
CODES = (Code((Path(__file__).parent / "prefer_saved_page.js").read_text(encoding="utf-8"), ("GET", "HEAD")),)


def meaning(text: str) -> RequestOriginGroup | None:
    """Return what a function with this text does; None for code that is not ours."""
    return next((found for code in CODES if (found := code.meaning(text))), None)
