"""What the site's robots.txt lets us visit. Source: RFC 9309."""

from urllib.robotparser import RobotFileParser

from saved_site.captured import SourceError
from saved_site.decode import decode
from saved_site.fetch import USER_AGENT, Client, NotFetchedError, fetch

# A crawler reads at least this much (RFC 9309, 2.5), and need not read more.
MOST_BYTES = 500 * 1024
# A longer wait than this would leave nothing of the time that there is.
LONGEST_DELAY_SECONDS = 5.0


def read_robots(client: Client, origin_url: str) -> RobotFileParser:
    """Return the rules of the site at an origin.

    No such file: all is allowed. An answer of 500 and above means that all is forbidden, and no answer that there is
    no site: both raise SourceError.
    """
    parser = RobotFileParser()
    try:
        answer = fetch(client, f"{origin_url}/robots.txt", MOST_BYTES)
    except NotFetchedError as error:
        raise SourceError(f"{origin_url}/robots.txt: {error}") from None
    if answer.status >= 500:
        raise SourceError(f"{origin_url}/robots.txt: answered {answer.status}; the site is down, or wants no visit")
    parser.parse(decode(answer.body, "utf-8").splitlines() if answer.status == 200 else [])
    return parser


def delay_of(parser: RobotFileParser) -> float:
    """Return the seconds that the site wants between two requests, within reason."""
    return min(float(parser.crawl_delay(USER_AGENT) or 0), LONGEST_DELAY_SECONDS)
