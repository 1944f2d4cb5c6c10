"""What the site's robots.txt lets us visit. Source: RFC 9309."""

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from saved_site.addresses import Origin, resolve
from saved_site.captured import SourceError
from saved_site.decode import decode
from saved_site.fetch import REDIRECTS, USER_AGENT, Answer, Client, NotFetchedError, fetch

# A crawler reads at least this much (RFC 9309, 2.5), and need not read more.
MOST_BYTES = 500 * 1024
# And follows this many redirects (2.3.1.2).
MOST_REDIRECTS = 5
# A longer wait than this would leave nothing of the time that there is.
LONGEST_DELAY_SECONDS = 5.0


def read_robots(client: Client, origin: Origin) -> RobotFileParser:
    """Return the rules of the site at an origin.

    No such file: all is allowed. An answer of 500 and above means that all is forbidden, and no answer that there is
    no site: both raise SourceError.
    """
    parser = RobotFileParser()
    try:
        answer = _ask(client, origin)
    except NotFetchedError as error:
        raise SourceError(f"{origin.url}/robots.txt: {error}") from None
    if answer.status >= 500:
        raise SourceError(f"{origin.url}/robots.txt: answered {answer.status}; the site is down, or wants no visit")
    parser.parse(decode(answer.body, "utf-8").splitlines() if answer.status == 200 else [])
    return parser


def _ask(client: Client, origin: Origin) -> Answer:
    """Return the answer after redirects on the site; one that leads elsewhere counts as no such file."""
    url = f"{origin.url}/robots.txt"
    for _ in range(MOST_REDIRECTS):
        answer = fetch(client, url, MOST_BYTES)
        parts = resolve(url, answer.location) if answer.status in REDIRECTS else None
        if parts is None or not origin.owns(parts):
            break
        url = parts._replace(scheme=origin.scheme, netloc=urlsplit(origin.url).netloc, fragment="").geturl()
    return answer


def delay_of(parser: RobotFileParser) -> float:
    """Return the seconds that the site wants between two requests, within reason."""
    return min(float(parser.crawl_delay(USER_AGENT) or 0), LONGEST_DELAY_SECONDS)
