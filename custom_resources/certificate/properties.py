"""The properties of Custom::Certificate, read once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

# CloudFormation's own, which reach the function too.
NOT_OURS = ("ServiceToken", "ServiceTimeout")

# A common name has 64 characters at most, an alternative name 253; a certificate 100 names. Source:
# "RequestCertificate" in the ACM API Reference.
LONGEST_MAIN_NAME = 64
LONGEST_NAME = 253
MOST_NAMES = 100

# ACM takes 50 tags, and two are our own (see ownership.py). Source: "Tag ACM resources" in the ACM User Guide.
MOST_TAGS = 48

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


class InvalidPropertiesError(Exception):
    """Properties that can't be used; its text has every problem, one a line."""


@dataclass(frozen=True)
class Certificate:
    """What to request, where, and where the domain's records are. Names are in lower case, the others sorted."""

    domain_name: str
    alternative_names: tuple[str, ...]
    hosted_zone_id: str
    region: str
    tags: tuple[tuple[str, str], ...]

    @property
    def names(self) -> frozenset[str]:
        """All names, the main one included."""
        return frozenset((self.domain_name, *self.alternative_names))


def _name(value: Any, longest: int) -> str:
    name = str(value).lower().removesuffix(".")
    if len(name) > longest or not re.fullmatch(rf"(\*\.)?({_LABEL}\.)+{_LABEL}", name):
        raise ValueError(f"write a domain name of at most {longest} characters, as in www.example.com or *.example.com")
    return name


def _domain_name(value: Any) -> str:
    return _name(value, LONGEST_MAIN_NAME)


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) >= MOST_NAMES:
        raise ValueError(f"write a list of fewer than {MOST_NAMES} domain names")
    return tuple(sorted({_name(name, LONGEST_NAME) for name in value}))


def _hosted_zone(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z0-9]{1,32}", value):
        raise ValueError("write the id of a hosted zone, as in Z0123456789ABCDEFGHIJ")
    return value


def _region(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9]", value):
        raise ValueError("write a Region, as in us-east-1")
    return value


def _tags(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or not all(isinstance(tag, dict) and set(tag) == {"Key", "Value"} for tag in value):
        raise ValueError("write a list of maps with Key and Value")
    tags = {str(tag["Key"]): str(tag["Value"]) for tag in value}
    if len(tags) < len(value) or len(tags) > MOST_TAGS:
        raise ValueError(f"write at most {MOST_TAGS} tags, and each Key once")
    for key, text in tags.items():
        if not 1 <= len(key) <= 128 or len(text) > 256 or key.lower().startswith("aws:"):
            raise ValueError(
                f"tag {key[:30]!r}: a Key has 1 to 128 characters and no aws: in front, a Value at most 256"
            )
    return tuple(sorted(tags.items()))


# Property -> field, reader, default (None: it must be there).
PROPERTIES: dict[str, tuple[str, Callable[[Any], Any], Any]] = {
    "DomainName": ("domain_name", _domain_name, None),
    "SubjectAlternativeNames": ("alternative_names", _names, []),
    "HostedZoneId": ("hosted_zone_id", _hosted_zone, None),
    "Region": ("region", _region, None),
    "Tags": ("tags", _tags, []),
}


def read(properties: Mapping[str, Any]) -> Certificate:
    """Return the certificate that a request's ResourceProperties describe.

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
            fields[field] = reader(value)
        except ValueError as error:
            problems.append(f"Properties.{name}: found {str(value)[:60]!r}; {error}")
    if problems:
        raise InvalidPropertiesError("\n".join(problems))
    others = tuple(name for name in fields["alternative_names"] if name != fields["domain_name"])
    return Certificate(**{**fields, "alternative_names": others})


def _known(name: str) -> str:
    near = get_close_matches(name, PROPERTIES, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}known here: {', '.join(PROPERTIES)}"
