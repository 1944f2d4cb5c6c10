"""Reads the properties of Custom::FallbackSite."""

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
    region: str | None = None
    language: str = "en"

    @property
    def place(self) -> Place:
        """Where the page is published."""
        return Place(self.bucket, self.prefix)


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("write a text that is not empty")
    return value


def _language(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}", value):
        raise ValueError("write a language tag, as in en or pt-BR")
    return value


def _region(value: str) -> str | None:
    if value and not re.fullmatch(REGION, value):
        raise ValueError("write a Region, as in us-west-2, or omit the property for the stack's own Region")
    return value or None


def _email(value: str) -> str | None:
    if value and not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", value):
        raise ValueError("write an email address, or omit the property")
    return value or None


# The texts that the macro has as its defaults; a test compares the two.
DEFAULT_TITLE = "We will be right back"
DEFAULT_MESSAGE = (
    "Our website is taking a short break. Nothing is lost, and we are working on it. Please try again in a few minutes."
)

# Property -> field, reader, default (None: required).
PROPERTIES: Table = {
    "BucketName": ("bucket", bucket, None),
    "BucketRegion": ("region", _region, ""),
    "Prefix": ("prefix", prefix, "_fallback/"),
    "Title": ("title", _text, DEFAULT_TITLE),
    "Message": ("message", _text, DEFAULT_MESSAGE),
    "Language": ("language", _language, "en"),
    "ContactEmail": ("contact_email", _email, ""),
}


def read(properties: Mapping[str, Any]) -> FallbackSite:
    """Return the site that a request's ResourceProperties describe; every scalar in them is a string.

    Raises InvalidPropertiesError with every problem.
    """
    return FallbackSite(**read_all(properties, PROPERTIES))
