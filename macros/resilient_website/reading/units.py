"""Numbers that are written with their unit, as in `20GB`: the number in the unit of the property."""

import re

# How many of the property's unit a written unit is.
UNITS = {
    "GiB": {**dict.fromkeys(("g", "gb", "gib"), 1), **dict.fromkeys(("t", "tb", "tib"), 1024)},
    "days": {**dict.fromkeys(("d", "day", "days"), 1), **dict.fromkeys(("w", "week", "weeks"), 7), "years": 365},
    "seconds": {
        **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
        **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
        **dict.fromkeys(("h", "hour", "hours"), 3600),
        **dict.fromkeys(("d", "day", "days"), 86400),
    },
    "percent": dict.fromkeys(("%", "percent"), 1),
    "US dollars": dict.fromkeys(("$", "usd", "dollars"), 1),
}

# Source: "Server System Variables" in the MySQL 8.4 Reference Manual: sizes have suffixes in an option file only.
BYTES = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def in_unit(text: str, unit: str) -> int | None:
    """Return the number in a property's unit; None if the text is no number with a unit of that kind."""
    found = re.fullmatch(r"(\d{1,9}) ?([a-z%$]{1,10})", text.strip().lower())
    factor = UNITS.get(unit, {}).get(found[2]) if found else None
    return int(found[1]) * factor if found and factor else None


def in_bytes(text: str) -> int | None:
    """Return a size with a unit, as in `1GB`, in bytes; None if the text is none."""
    found = re.fullmatch(r"(\d{1,9}) ?([kmgt])(?:i?b)?", text.strip().lower())
    return int(found[1]) * BYTES[found[2]] if found else None
