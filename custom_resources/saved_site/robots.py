"""Reads which paths the site's robots.txt allows. Source: RFC 9309."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from saved_site.addresses import Origin, resolve
from saved_site.captured import SourceError
from saved_site.decode import decode
from saved_site.fetch import REDIRECTS, USER_AGENT, Answer, Client, NotFetchedError, fetch

# A crawler reads at least this much (RFC 9309, 2.5), and need not read more.
MAX_BYTES = 500 * 1024
# A crawler follows at least this many redirects (2.3.1.2).
MAX_REDIRECTS = 5
# A longer crawl delay would use up the available time.
MAX_DELAY_SECONDS_LENGTH = 5.0
# Each address is compared with each rule. The longest files of large sites have about 1,000 rules.
MAX_RULES = 5_000

_NAMES = (USER_AGENT.lower(), "*")


@dataclass(frozen=True)
class Robots:
    """The rules that apply to us: path patterns, and whether each is allowed."""

    rules: Sequence[tuple[str, bool]] = ()
    delay_seconds: float = 0.0

    def allow(self, target: str) -> bool:
        """Return whether a path with its query string may be visited: the longest pattern decides (2.2.2)."""
        path = unquote(target)
        found = [(len(pattern), allowed) for pattern, allowed in self.rules if matches(pattern, path)]
        return max(found, default=(0, True))[1]


def matches(pattern: str, path: str) -> bool:
    """Return whether a path starts with a pattern; "*" matches anything, "$" at the end the path's end (2.2.3)."""
    to_end = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not rest:
        return path == first if to_end else path.startswith(first)
    if not path.startswith(first):
        return False
    at = len(first)
    last = rest.pop() if to_end else ""
    for part in rest:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return not to_end or (len(path) - at >= len(last) and path.endswith(last))


def parse(text: str) -> Robots:
    """Return the rules of a robots.txt: of the groups that name us, else of those for all crawlers.

    Raises SourceError if there are more than MAX_RULES.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    named: set[str] = set()
    in_rules = False
    for name, value in map(_field, text.splitlines()):
        if name == "user-agent":
            named = set() if in_rules else named
            in_rules = False
            if (agent := value.partition("/")[0].strip().lower()) in _NAMES:
                named.add(agent)
                groups.setdefault(agent, [])
        elif name in ("allow", "disallow", "crawl-delay"):
            in_rules = True
            for agent in named:
                groups[agent].append((name, value))
    ours = groups.get(_NAMES[0], groups.get(_NAMES[1], []))
    if len(ours) > MAX_RULES:
        raise SourceError(f"robots.txt has more than {MAX_RULES} rules")
    rules = [(unquote(value), name == "allow") for name, value in ours if value and name != "crawl-delay"]
    delays = [_seconds(value) for name, value in ours if name == "crawl-delay"]
    return Robots(rules, max(delays, default=0.0))


def read_robots(client: Client, origin: Origin) -> Robots:
    """Return the rules of the site at an origin.

    If the file does not exist, everything is allowed. A status of 500 and above means that everything is forbidden, and
    no response that the site is down: both raise SourceError.
    """
    try:
        answer = _ask(client, origin)
    except NotFetchedError as error:
        raise SourceError(f"{origin.url}/robots.txt: {error}") from None
    if answer.status >= 500:
        raise SourceError(
            f"{origin.url}/robots.txt: returned HTTP {answer.status}: the site is down, or forbids crawling"
        )
    return parse(decode(answer.body, "utf-8") if answer.status == 200 else "")


def _ask(client: Client, origin: Origin) -> Answer:
    """Return the response after redirects on the site; a redirect to another site counts as a missing file."""
    url = f"{origin.url}/robots.txt"
    for _ in range(MAX_REDIRECTS):
        answer = fetch(client, url, MAX_BYTES)
        parts = resolve(url, answer.location) if answer.status in REDIRECTS else None
        if parts is None or not origin.owns(parts):
            break
        url = parts._replace(scheme=origin.scheme, netloc=urlsplit(origin.url).netloc, fragment="").geturl()
    return answer


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition("#")[0].partition(":")
    return name.strip().lower(), value.strip()


def _seconds(value: str) -> float:
    number = value.removeprefix("-")[:20]
    if not number.replace(".", "", 1).isdecimal() or number != value:
        return 0.0
    return min(float(number), MAX_DELAY_SECONDS_LENGTH)
