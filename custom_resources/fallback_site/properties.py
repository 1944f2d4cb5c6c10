"""The properties of Custom::FallbackSite, read once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.cfn_response.properties import REGION, Table, bucket, prefix, read_all
from shared.publish_target.published_place import Place


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
    language: str = "en"

    @property
    def place(self) -> Place:
        """Where it is published."""
        return Place(self.bucket, self.prefix)


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("write some text")
    return value


def _language(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}", value):
        raise ValueError("write a language's tag, as in en or pt-BR")
    return value


def _region(value: str) -> str | None:
    if value and not re.fullmatch(REGION, value):
        raise ValueError("write a Region, as in us-west-2, or leave it out for the stack's own")
    return value or None


def _email(value: str) -> str | None:
    if value and not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", value):
        raise ValueError("write an email address, or leave it out")
    return value or None


def _seconds(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", value):
        raise ValueError("write a whole number of seconds, as in 120")
    return int(value)


# Property -> field, reader, default (None: it must be there).
PROPERTIES: Table = {
    "BucketName": ("bucket", bucket, None),
    "BucketRegion": ("region", _region, ""),
    "Prefix": ("prefix", prefix, "_fallback/"),
    "Title": ("title", _text, "We will be right back"),
    "Message": ("message", _text, "Please try again in a few minutes."),
    "Language": ("language", _language, "en"),
    "ContactEmail": ("contact_email", _email, ""),
    "RetryAfterSeconds": ("retry_after_seconds", _seconds, "120"),
}


def read(properties: Mapping[str, Any]) -> FallbackSite:
    """Return the site that a request's ResourceProperties describe; CloudFormation sends every scalar as a string.

    Raises InvalidPropertiesError with every problem.
    """
    return FallbackSite(**read_all(properties, PROPERTIES))
