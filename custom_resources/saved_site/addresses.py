"""Addresses of the site: which ones belong to it, and under which key each is saved and served.

The key scheme, which the function that serves the copy repeats (without the manifest or the query string):

    path of a request                                            key below the version
    last segment has a dot            /css/app.css               css/app.css
    ends with a slash                 /, /blog/                  index.html, blog/index.html
    any other                         /about                     about/index.html

Percent escapes are decoded in the key, as S3 decodes them in a request. A page with a query string is a separate page:
it is saved as `_query-<digest>-<last segment>` in the same folder, and links in the copy refer to that key.
"""

import hashlib
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit

# S3 allows keys of up to 1,024 bytes ("Naming Amazon S3 objects"); prefix and version need some of them.
MAX_KEY_BYTES = 900
PORTS = {"http": 80, "https": 443}

# Query parameters for tracking and sessions. None of them identifies a page.
_TRACKING = frozenset(
    (
        *("gclid", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "twclid", "ttclid", "igshid"),
        *("mc_cid", "mc_eid", "_ga", "_gl", "phpsessid", "jsessionid"),
    )
)
_TRACKING_BEGINS = ("utm_", "_hs", "mtm_", "pk_")
_SESSION_IN_PATH = ";jsessionid="
_STRIPPED = str.maketrans("", "", "\t\r\n")
# Characters that a path may contain unescaped (RFC 3986, pchar and the slash).
_SAFE_IN_PATH = "/:@!$&'()*+,;=~-._"


class UnusableAddressError(Exception):
    """An address can't be saved; the message says why."""


@dataclass(frozen=True)
class Address:
    """A page or file of the site: its decoded path, and its query string without tracking parameters."""

    path: str
    query: str = ""

    @property
    def target(self) -> str:
        """The path and query string of an HTTP request."""
        return quote(self.path, safe=_SAFE_IN_PATH) + (f"?{self.query}" if self.query else "")

    @property
    def saved_path(self) -> str:
        """The decoded path under which the copy serves it."""
        if not self.query:
            return self.path
        folder, _, name = self.path.rpartition("/")
        digest = hashlib.sha256(self.query.encode()).hexdigest()[:12]
        return f"{folder}/_query-{digest}" + (f"-{name}" if name else "")

    @property
    def key(self) -> str:
        """The key below a version. Raises UnusableAddressError if it is too long for S3."""
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
    """Return a decoded path, escaped for an HTML attribute."""
    return quote(path, safe=_SAFE_IN_PATH)


@dataclass(frozen=True)
class Origin:
    """The site's origin: scheme, host and port."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Origin":
        """Return the origin of a validated URL."""
        parts = urlsplit(url)
        return cls(parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme])

    @property
    def url(self) -> str:
        """The origin as a URL without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")

    def owns(self, parts: SplitResult) -> bool:
        """Return whether a URL is on this site; http and https of one host, on default ports, are the same site."""
        port = parts.port or PORTS[parts.scheme]
        usual = port == PORTS[parts.scheme] and self.port == PORTS[self.scheme]
        return parts.hostname == self.host and (port == self.port or usual)


def resolve(base: str, reference: str) -> SplitResult | None:
    """Return a reference on a page as an absolute URL; None if it is not an HTTP or HTTPS URL."""
    try:
        # Browsers strip these characters: the URL Standard, "basic URL parser".
        parts = urlsplit(urljoin(base, reference.strip().translate(_STRIPPED)))
        _ = parts.port  # raises if it is not a number
        return parts if parts.scheme in PORTS and parts.hostname else None
    except ValueError:
        return None


def own_address(parts: SplitResult) -> Address:
    """Return the address of a URL on this site. Raises UnusableAddressError if it can't be mapped to a key."""
    try:
        path = unquote_to_bytes(_without_session(parts.path)).decode("utf-8")
    except UnicodeDecodeError:
        raise UnusableAddressError("the path is not UTF-8") from None
    segments = path.split("/")
    if any(ord(character) < 32 or ord(character) == 127 for character in path) or {".", ".."} & set(segments):
        raise UnusableAddressError("the path has control characters or dot segments")
    # In a link, a second slash at the start would introduce a host name.
    return Address("/" + path.lstrip("/"), _without_tracking(parts.query))


def _without_session(path: str) -> str:
    """Return a path without the session id that some servers append to a segment."""
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
