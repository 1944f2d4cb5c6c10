"""IANA time zone names, as Auto Scaling accepts them.

Sources: "PutScheduledUpdateGroupAction" in the Amazon EC2 Auto Scaling API reference, TimeZone; the package tzdata.
That abbreviations are rejected, and which areas are known, was tested by cdk-preflight's authors.
"""

from functools import cache

from resilient_website.frozen import frozen
from resilient_website.problems import allowing, shown
from resilient_website.reading.property_types import PropertyType
from resilient_website.reading.reader import Reader


@frozen
class TimeZone(PropertyType):
    """An IANA time zone name that Auto Scaling accepts: an area and a location, or UTC."""

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return "an IANA time zone, as in Europe/Berlin, or UTC"

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the name; for an unknown one, propose the closest."""
        if isinstance(value, str) and value in time_zones():
            return value
        near = _near_zone(value) if isinstance(value, str) else None
        guess = f"did you mean {near}? " if near else ""
        reader.problem(path, f"found {shown(value)}", allowing(self.describe(), guess))
        return None


# Abbreviations, which are not accepted, and the zones that they most likely mean.
ABBREVIATIONS = {
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "MST": "America/Denver",
    "MDT": "America/Denver",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "BST": "Europe/London",
    "CET": "Europe/Paris",
    "CEST": "Europe/Paris",
    "MEZ": "Europe/Berlin",
    "JST": "Asia/Tokyo",
    "IST": "Asia/Kolkata",
    "Z": "UTC",
}

AREAS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil", "Canada", "Chile"),
    *("Etc", "Europe", "Indian", "Mexico", "Pacific", "US"),
)


@cache
def time_zones() -> frozenset[str]:
    """Return the names in IANA's database that Auto Scaling accepts."""
    from importlib import resources  # noqa: PLC0415  # only a site with schedules needs it

    names = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(["UTC", "GMT", *(name for name in names if name.partition("/")[0] in AREAS)])


def _near_zone(name: str) -> str | None:
    """Return the zone for another spelling: an abbreviation, a city, or a typo."""
    plain = name.strip().replace(" ", "_")
    if plain.upper() in ABBREVIATIONS:
        return ABBREVIATIONS[plain.upper()]
    by_name = {zone.lower(): zone for zone in sorted(time_zones())}
    by_city = {zone.lower().rpartition("/")[2]: zone for zone in sorted(time_zones(), reverse=True)}
    if plain.lower() in by_name or plain.lower() in by_city:
        return by_name.get(plain.lower()) or by_city[plain.lower()]
    from difflib import get_close_matches  # noqa: PLC0415  # only a template with problems needs it

    near = get_close_matches(plain.lower()[:80], by_name, n=1)
    return by_name[near[0]] if near else None
