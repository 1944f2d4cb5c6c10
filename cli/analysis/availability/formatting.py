"""Formats an answer as text, short enough for a table cell."""

from cli.analysis.availability.answers import Answer, Outcome, Phase, Reply
from cli.analysis.availability.references import attribute_of, referenced_id

NAMES = {
    Outcome.PAGE: "the page",
    Outcome.SAVED_PAGE: "the saved page",
    Outcome.FRIENDLY_PAGE: "friendly page",
    Outcome.UNKNOWN: "unknown",
    Outcome.ERROR: "error",
    Outcome.TIME_OUT: "time-out",
}


def what(reply: Reply, page: str) -> str:
    """Return a reply's outcome, status and delay. `page`: the noun for what was requested."""
    name = page if reply.outcome is Outcome.PAGE else NAMES[reply.outcome]
    plain = reply.outcome in (Outcome.PAGE, Outcome.UNKNOWN) or (reply.outcome, reply.status) == (
        Outcome.SAVED_PAGE,
        200,
    )
    status = None if plain else reply.status
    if reply.outcome is Outcome.ERROR:
        name = f"error {status}" if status else "TLS error"
    elif status:
        name = f"{name} ({status})"
    return f"{name} after {reply.wait} s" if reply.wait else name


def phase(part: Phase, page: str = NAMES[Outcome.PAGE]) -> str:
    """Return a phase's reply and duration."""
    text = f"{what(part.reply, page)} for some requests" if part.some else what(part.reply, page)
    if part.lasts is None:
        return text
    bounded = part.lasts.low == 0 and part.lasts.documented
    seconds = f"up to {part.lasts.high} s" if bounded else f"{part.lasts}"
    return f"{text}, for {seconds}" if part.some or part.reply.wait else f"{text} for {seconds}"


def phases(given: Answer, page: str = NAMES[Outcome.PAGE]) -> list[str]:
    """Return one text per phase; all but the first start with "then"."""
    first, *others = [phase(part, page) for part in given.phases]
    return [first, *(f"then {other}" for other in others)]


def why(given: Answer) -> str:
    """Return the mechanisms behind the last reply, or what is wrong."""
    return "; ".join(given.last.why)


def address(name: str) -> str:
    """Return a host's URL, or what is known about its name."""
    known = host(name)
    return f"https://{known}" if known == name else f"the {known}"


def host(name: str) -> str:
    """Return a host's name; CloudFront domain names are not known before deployment."""
    distribution = referenced_id(name)
    return f"CloudFront domain name of {distribution}" if distribution and attribute_of(name) else name
