"""What a half declares, and what differs in both.

It is a text with a line `Key=value` for each thing that the same file and the same parameters give both halves. What
makes these lines is resilient_website/site_declared.py.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# What begins the keys of resources, which a half may lack: a pilot light has no cache.
OF_RESOURCES = "Resources."

# An image in a private registry of Amazon ECR; each half pulls from its own Region's. Source: "Amazon ECR private
# registry".
_REGISTRY_REGION = re.compile(r"^([0-9]{12}\.dkr\.ecr)\.[a-z0-9-]+\.")

# What a log line shows of a value: an S3 key can have 1,024 bytes.
_MAX_SHOWN = 100


@dataclass(frozen=True)
class Difference:
    """A key, and its value in each half; None where a half does not have it."""

    key: str
    primary: str | None
    copy: str | None

    def text(self, primary_region: str, copy_region: str) -> str:
        """Return the key with both values and their Regions."""
        return f"{self.key}: {_shown(self.primary)} in {primary_region}, {_shown(self.copy)} in {copy_region}"


def published(ssm: Any, parameter: str) -> str | None:
    """Return the text that a half publishes in its Region; None if it publishes none. Raises ClientError."""
    found = ssm.get_parameters(Names=[parameter])["Parameters"]
    return str(found[0]["Value"]) if found else None


def differences(primary: str, copy: str) -> tuple[Difference, ...]:
    """Return what differs in the texts of both halves, in the order of the keys."""
    return tuple(_differing(_values(primary), _values(copy)))


def _differing(primary: Mapping[str, str], copy: Mapping[str, str]) -> Iterator[Difference]:
    for key in sorted(primary.keys() | copy.keys()):
        first, second = primary.get(key), copy.get(key)
        lacking = first is None or second is None
        if first != second and not (lacking and key.startswith(OF_RESOURCES)):
            yield Difference(key, first, second)


def _values(text: str) -> dict[str, str]:
    """Return the values of a text by key, images without the Region of their registry."""
    pairs = (line.partition("=") for line in text.split("\n") if line)
    return {key: _REGISTRY_REGION.sub(r"\1.", value) for key, _, value in pairs}


def _shown(value: str | None) -> str:
    if value is None:
        return "nothing"
    return value if len(value) <= _MAX_SHOWN else f"{value[:_MAX_SHOWN]}..."
