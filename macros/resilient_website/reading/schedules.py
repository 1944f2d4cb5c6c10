"""Schedules: rates and cron expressions of EventBridge, AWS Backup and Auto Scaling.

Sources: "Creating a rule that runs on a schedule" in the Amazon EventBridge guide; "BackupRuleInput" in the AWS Backup
API reference; "PutScheduledUpdateGroupAction" in the Amazon EC2 Auto Scaling API reference. Where the documents and the
services disagree on ranges, the services' ranges apply, as tested by cdk-preflight's authors.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from resilient_website.frozen import frozen
from resilient_website.problems import allowing, shown
from resilient_website.reading.property_types import PropertyType
from resilient_website.reading.reader import Reader

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
UNITS = ("minute", "hour", "day")

# Sources: "PutRule", ScheduleExpression; "PutScheduledUpdateGroupAction", Recurrence.
MAX_EXPRESSION_LENGTH = 256
MAX_RECURRENCE_LENGTH = 255

# A rate with common mistakes: leading zeros, singular or plural, wrong case.
ANY_RATE = re.compile(r"rate\((\d{1,4}) ?(minute|hour|day|week)s?\)")


class Field(NamedTuple):
    """A field of a cron expression: its name, range, names for numbers, and other allowed characters."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    others: str = r"(?!)"

    def wrong(self, text: str) -> str | None:
        """Return why a text is not a valid field; None if it is."""
        if not text:
            return f"an empty {self.name}"
        for part in text.split(","):
            step = re.fullmatch(r"(.+)/(\d{1,4})", part)
            span = step[1] if step else part
            if step and int(step[2]) < 1:
                return f"the step {step[2]} in {self.name}"
            if span == "*" or (step is None and re.fullmatch(self.others, span)):
                continue
            ends = [self.number(end) for end in span.split("-")]
            if len(ends) > 2 or any(end is None or not self.least <= end <= self.most for end in ends):
                return f"{part} as {self.name}, which ranges from {self.least} to {self.most}"
        return None

    def number(self, text: str) -> int | None:
        """Return the number of a part of the field; None for anything else."""
        if text.upper() in self.names:
            return self.names.index(text.upper()) + self.least
        return int(text) if re.fullmatch(r"\d{1,4}", text) else None


MINUTE, HOUR = Field("minute", 0, 59), Field("hour", 0, 23)
MONTH = Field("month", 1, 12, MONTHS)
UNIX = (MINUTE, HOUR, Field("day of the month", 1, 31), MONTH, Field("day of the week", 0, 7, DAYS))
AWS = (
    MINUTE,
    HOUR,
    Field("day of the month", 1, 31, others=r"\?|L(-\d{1,2})?|LW|([1-9]|[12]\d|3[01])W"),
    MONTH,
    Field("day of the week", 1, 7, DAYS, others=r"\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5])"),
    Field("year", 1970, 2199),
)


@frozen
class Schedule(PropertyType):
    """AWS's cron(...) with six fields, and a rate(...) if `rates` is set."""

    rates: bool = True

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        example = "as in cron(0 3 * * ? *)"
        return (
            f"a rate, as in rate(6 hours), or an AWS cron expression, {example}"
            if self.rates
            else f"an AWS cron expression, {example}"
        )

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the expression; for a common mistake, propose the correct one."""
        text = value if isinstance(value, str) else ""
        why = self._wrong(text)
        if why is None:
            return text
        meant = next((each for each in self._spellings(text) if self._wrong(each) is None), None)
        guess = f"did you mean {meant}? " if meant else ""
        reader.problem(path, f"found {shown(value)}{why}", allowing(self.describe(), guess))
        return None

    def _wrong(self, text: str) -> str | None:
        """Return what is wrong with an expression, for an error; empty if unknown. None if it is valid."""
        if len(text) > MAX_EXPRESSION_LENGTH:
            return f", of {len(text)} characters"
        rate = re.fullmatch(r"rate\(([1-9]\d{0,3}) (minute|hour|day)(s?)\)", text)
        if rate and self.rates:
            return None if (rate[1] == "1") == (rate[3] == "") else ", a rate with the wrong number (minute, minutes)"
        if not text.startswith("cron(") or not text.endswith(")"):
            return ""
        fields = text[len("cron(") : -1].split(" ")
        if len(fields) != len(AWS):
            return f", with {len(fields)} fields instead of {len(AWS)}"
        wrong = _first_wrong(fields, AWS) or _never(fields[2], fields[3])
        if wrong is None and [fields[2], fields[4]].count("?") != 1:
            wrong = "no ? as exactly one of day of the month and day of the week"
        return wrong and f", with {wrong}"

    def _spellings(self, text: str) -> Iterator[str]:
        """Yield likely intended expressions."""
        rate = ANY_RATE.fullmatch(" ".join(text.lower().split()).replace("( ", "(").replace(" )", ")"))
        if rate:
            yield from self._rates(int(rate[1]), rate[2])
        fields = _without_parentheses(text).split()
        if len(fields) == len(UNIX):
            fields = [*fields[:4], _aws_days(fields[4]), "*"]
        if len(fields) == len(AWS):
            yield f"cron({' '.join(fields)})"
            if fields[4] == "*":
                yield f"cron({' '.join([*fields[:4], '?', fields[5]])})"
            yield f"cron({' '.join([*fields[:2], '?', *fields[3:]])})"

    def _rates(self, count: int, unit: str) -> Iterator[str]:
        if unit == "week":
            count, unit = 7 * count, "day"
        if self.rates:
            yield f"rate({count} {unit}{'' if count == 1 else 's'})"
        else:
            yield {"day": "cron(0 3 * * ? *)", "hour": f"cron(0 0/{count} * * ? *)"}.get(unit, "")


@frozen
class Cron(PropertyType):
    """A cron expression with five fields, for Auto Scaling."""

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return "a cron expression with five fields, as in 0 8 * * 1-5"

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the expression; for a common mistake, propose the correct one."""
        text = value if isinstance(value, str) else ""
        why = self._wrong(text)
        if why is None:
            return text
        plain = _without_parentheses(text).replace("?", "*").split()
        meant = " ".join(plain[:5])
        guess = f"did you mean {meant}? " if self._wrong(meant) is None else ""
        reader.problem(path, f"found {shown(value)}{why}", allowing(self.describe(), guess))
        return None

    @staticmethod
    def _wrong(text: str) -> str | None:
        fields = text.split(" ")
        if len(fields) != len(UNIX) or len(text) > MAX_RECURRENCE_LENGTH:
            return ""
        # In a Unix cron, a match in one of the two day fields is enough.
        wrong = _first_wrong(fields, UNIX) or (_never(fields[2], fields[3]) if fields[4] == "*" else None)
        return wrong and f", with {wrong}"


def _without_parentheses(text: str) -> str:
    """Return the fields of a cron expression, with or without cron(...) around them."""
    plain = text.strip()
    is_call = plain[:5].lower() == "cron(" and plain.endswith(")")
    return plain[len("cron(") : -1] if is_call else plain


def _first_wrong(texts: list[str], fields: tuple[Field, ...]) -> str | None:
    return next((why for why in map(lambda field, text: field.wrong(text), fields, texts) if why), None)


def _never(day: str, month: str) -> str | None:
    """Return why a day of the month never occurs, if all its months are shorter; None if it occurs."""
    days = [int(each) for each in day.split(",") if each.isdecimal()]
    months = [MONTH.number(each) for each in month.split(",")]
    if len(days) != len(day.split(",")) or None in months:
        return None
    longest = max(LENGTHS[number - 1] for number in months if number is not None)
    return f"a day of the month ({day}) that its months ({month}) don't have" if min(days) > longest else None


def _aws_days(field: str) -> str:
    """Convert the days of the week of a Unix cron (0 is Sunday) to those of AWS's cron (1 is Sunday)."""
    return re.sub(r"(?<![#/\d])[0-7](?!\d)", lambda day: DAYS[int(day[0]) % 7], field) if "#" not in field else field
