"""Backup and maintenance windows, in UTC. Source: "ModifyDBInstance"."""

from typing import TypeAlias

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.reading.property_types import Text
from resilient_website.reading.reader import Reader

HOURS = r"([01]\d|2[0-3]):[0-5]\d"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = f"({'|'.join(DAYS)})"
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES

# A window's property and value (None: AWS chooses).
Window: TypeAlias = tuple[str, Value | None]

BACKUP_WINDOW = Text("a daily time range in UTC, as in 02:00-03:00", f"{HOURS}-{HOURS}")
MAINTENANCE_WINDOW = Text("a weekly time range in UTC, as in sun:04:00-sun:05:00", f"{DAY}:{HOURS}-{DAY}:{HOURS}")


def collide(backup: str, maintenance: str) -> bool:
    """Tell whether a daily and a weekly window overlap."""
    start, end = (_of_week(text) for text in maintenance.split("-"))
    weekly = {minute % DAY_MINUTES for minute in _minutes(start, end, WEEK_MINUTES)}
    start, end = (_of_day(text) for text in backup.split("-"))
    return bool(weekly & _minutes(start, end, DAY_MINUTES))


def _minutes(start: int, end: int, whole: int) -> set[int]:
    length = (end - start) % whole
    return {(start + minute) % whole for minute in range(length)}


def _of_day(text: str) -> int:
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def _of_week(text: str) -> int:
    day, _, rest = text.partition(":")
    return DAYS.index(day) * DAY_MINUTES + _of_day(rest)


def check(backup: Window, maintenance: Window, least: int, path: str, reader: Reader) -> None:
    """Note windows that the service rejects: shorter than `least` minutes, or overlapping."""
    for name, window in (backup, maintenance):
        if isinstance(window, str) and _length(window) < least:
            found = f"found {window}, a window of {_length(window)} minutes"
            reader.problem(f"{path}.{name}", found, f"write one of at least {least} minutes")
    (name, daily), (other, weekly) = backup, maintenance
    if isinstance(daily, str) and isinstance(weekly, str) and collide(daily, weekly):
        found = f"found {daily}, which overlaps {other} ({weekly})"
        reader.problem(f"{path}.{name}", found, "move one of them: AWS rejects overlapping windows")


def _length(window: str) -> int:
    start, end = window.split("-")
    if start[0].isdigit():
        return (_of_day(end) - _of_day(start)) % DAY_MINUTES
    return (_of_week(end) - _of_week(start)) % WEEK_MINUTES
