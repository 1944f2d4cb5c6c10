"""Addresses of the site: which are its own, where each is saved, and under which key a request finds it.

The key scheme, which whoever serves the copy repeats (it needs neither the manifest nor the query string):

    path of a request                                            key below the version
    its last segment has a dot        /css/app.css               css/app.css
    it ends in a slash                /, /blog/                  index.html, blog/index.html
    any other                         /about                     about/index.html

Percent escapes are decoded in the key, as S3 decodes them in a request. A page with a query string is another page: it
is saved as `_query-<digest>-<last segment>` in the same folder, and saved links lead there.
"""

import hashlib
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit

# S3 takes keys of up to 1,024 bytes ("Naming Amazon S3 objects"); prefix and version need some of them.
MAX_KEY_BYTES = 900
PORTS = {"http": 80, "https": 443}

# Parameters that say where a visitor came from, or which session is whose; none says which page it is.
_TRACKING = frozenset(
    (
        *("gclid", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "twclid", "ttclid", "igshid"),
        *("mc_cid", "mc_eid", "_ga", "_gl", "phpsessid", "jsessionid"),
    )
)
_TRACKING_BEGINS = ("utm_", "_hs", "mtm_", "pk_")
_SESSION_IN_PATH = ";jsessionid="
_STRIPPED = str.maketrans("", "", "\t\r\n")
# What a path may hold unescaped (RFC 3986, pchar and the slash).
_SAFE_IN_PATH = "/:@!$&'()*+,;=~-._"


class UnusableAddressError(Exception):
    """An address that can't be saved; its text says why."""


@dataclass(frozen=True)
class Address:
    """A page or file of the site: its decoded path, and its query string without what only tracks."""

    path: str
    query: str = ""

    @property
    def target(self) -> str:
        """What an HTTP request asks for."""
        return quote(self.path, safe=_SAFE_IN_PATH) + (f"?{self.query}" if self.query else "")

    @property
    def saved_path(self) -> str:
        """The decoded path under which the saved copy answers."""
        if not self.query:
            return self.path
        folder, _, name = self.path.rpartition("/")
        digest = hashlib.sha256(self.query.encode()).hexdigest()[:12]
        return f"{folder}/_query-{digest}" + (f"-{name}" if name else "")

    @property
    def key(self) -> str:
        """The key below a version. Raises UnusableAddressError if S3 could not take it."""
        key = key_of(self.saved_path)
        if len(key.encode()) > MAX_KEY_BYTES:
            raise UnusableAddressError(f"the path is longer than {MAX_KEY_BYTES} bytes")
        return key


def key_of(path: str) -> str:
    """Return the key for a request's decoded path."""
    folder, _, name = path.removeprefix("/").rpartition("/")
    start = f"{folder}/" if folder else ""
    if "." in name:
        return start + name
    return f"{start}{name}/index.html" if name else f"{start}index.html"


def link_to(path: str) -> str:
    """Return a decoded path as it stands in an attribute."""
    return quote(path, safe=_SAFE_IN_PATH)


@dataclass(frozen=True)
class Origin:
    """Where the site answers."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Origin":
        """Return the origin of a URL that has been checked."""
        parts = urlsplit(url)
        return cls(parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme])

    @property
    def url(self) -> str:
        """The origin as a URL without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")

    def owns(self, parts: SplitResult) -> bool:
        """Say whether a URL is on this site; http and https of one name, on their usual ports, are one site."""
        port = parts.port or PORTS[parts.scheme]
        usual = port == PORTS[parts.scheme] and self.port == PORTS[self.scheme]
        return parts.hostname == self.host and (port == self.port or usual)


def resolve(base: str, reference: str) -> SplitResult | None:
    """Return what a reference on a page means, as an absolute URL; None if it is none that is asked for over HTTP."""
    try:
        # What browsers strip: the URL Standard, "basic URL parser".
        parts = urlsplit(urljoin(base, reference.strip().translate(_STRIPPED)))
        _ = parts.port  # raises, if it is no number
        return parts if parts.scheme in PORTS and parts.hostname else None
    except ValueError:
        return None


def own_address(parts: SplitResult) -> Address:
    """Return the address of a URL on this site. Raises UnusableAddressError if no key could stand for it."""
    try:
        path = unquote_to_bytes(_without_session(parts.path)).decode("utf-8")
    except UnicodeDecodeError:
        raise UnusableAddressError("the path is not UTF-8") from None
    segments = path.split("/")
    if any(ord(character) < 32 or ord(character) == 127 for character in path) or {".", ".."} & set(segments):
        raise UnusableAddressError("the path has control characters or dot segments")
    # A second slash at the start would name a host, when it stands in a link.
    return Address("/" + path.lstrip("/"), _without_tracking(parts.query))


def _without_session(path: str) -> str:
    """Return a path without the session that some servers write into it, up to the end of its segment."""
    segments = []
    for segment in path.split("/"):
        at = segment.lower().find(_SESSION_IN_PATH)
        after = "" if at < 0 else segment[at + 1 :].partition(";")[2]
        segments.append(segment if at < 0 else segment[:at] + (f";{after}" if after else ""))
    return "/".join(segments)


def _without_tracking(query: str) -> str:
    kept = [part for part in query.split("&") if part and not _is_tracking(part.partition("=")[0].lower())]
    return quote("&".join(sorted(kept)), safe="%/:@!$&'()*+,;=~-._?[]|")


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_BEGINS)
