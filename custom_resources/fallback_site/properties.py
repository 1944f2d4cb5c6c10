"""The properties of Custom::FallbackSite, read once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

# CloudFormation's own, which reach the function too.
NOT_OURS = ("ServiceToken", "ServiceTimeout")

REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"


class InvalidPropertiesError(Exception):
    """Properties that can't be used; its text has every problem, one a line."""


@dataclass(frozen=True)
class FallbackSite:
    """What to publish, and where."""

    bucket: str
    prefix: str
    title: str
    message: str
    contact_email: str | None
    retry_after_seconds: int
    region: str | None = None


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("write some text")
    return value


def _bucket(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", value):
        raise ValueError("write the name of a bucket")
    return value


def _region(value: str) -> str | None:
    if value and not re.fullmatch(REGION, value):
        raise ValueError("write a Region, as in us-west-2, or leave it out for the stack's own")
    return value or None


def _prefix(value: str) -> str:
    if not re.fullmatch(r"([A-Za-z0-9._-]+/)+", value):
        raise ValueError("write a path that ends in a slash and does not begin with one, as in _fallback/")
    return value


def _email(value: str) -> str | None:
    if value and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ValueError("write an email address, or leave it out")
    return value or None


def _seconds(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", value):
        raise ValueError("write a whole number of seconds, as in 120")
    return int(value)


# Property -> field, reader, default (None: it must be there).
PROPERTIES: dict[str, tuple[str, Callable[[str], Any], str | None]] = {
    "BucketName": ("bucket", _bucket, None),
    "BucketRegion": ("region", _region, ""),
    "Prefix": ("prefix", _prefix, "_fallback/"),
    "Title": ("title", _text, "We will be right back"),
    "Message": ("message", _text, "Please try again in a few minutes."),
    "ContactEmail": ("contact_email", _email, ""),
    "RetryAfterSeconds": ("retry_after_seconds", _seconds, "120"),
}


def read(properties: Mapping[str, Any]) -> FallbackSite:
    """Return the site that a request's ResourceProperties describe; CloudFormation sends every scalar as a string.

    Raises InvalidPropertiesError with every problem.
    """
    problems = [
        f"Properties.{name}: unknown property; {_known(name)}"
        for name in properties
        if name not in PROPERTIES and name not in NOT_OURS
    ]
    fields: dict[str, Any] = {}
    for name, (field, reader, default) in PROPERTIES.items():
        value = properties.get(name, default)
        if value is None:
            problems.append(f"Properties.{name}: missing; write it")
            continue
        try:
            fields[field] = reader(str(value))
        except ValueError as error:
            problems.append(f"Properties.{name}: found {str(value)[:60]!r}; {error}")
    if problems:
        raise InvalidPropertiesError("\n".join(problems))
    return FallbackSite(**fields)


def _known(name: str) -> str:
    near = get_close_matches(name, PROPERTIES, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}known here: {', '.join(PROPERTIES)}"
