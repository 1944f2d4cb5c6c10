"""The releases of a site that one can go back to: a small record of its own.

Of archives, it is an object beside them; of images, a parameter in Parameter Store. It needs no resource of the stack,
and survives the stack. Only complete releases are in it; one that was made otherwise is added at the next release.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

from cli.deployed.site import DeployedSite
from cli.release.release import Release

NOT_THERE = ("404", "NoSuchKey", "NotFound", "ParameterNotFound")
MAX_RELEASES = 50

# The longest value of a standard parameter. Source: "Managing parameter tiers" in the Systems Manager User Guide.
MAX_PARAMETER_LENGTH = 4096


class Record(Protocol):
    """Where a history is kept."""

    def read(self) -> str:
        """Return the text. Raises ClientError with a code of NOT_THERE if there is none."""

    def write(self, releases: Sequence[Release]) -> None:
        """Store releases, at most those that there is room for: the newest."""


@dataclass(frozen=True)
class History:
    """The history of a site."""

    record: Record

    def read(self, current: Release) -> tuple[Release, ...]:
        """Return the known releases, the oldest first; the last one is the current one."""
        known = self._stored()
        return known if known and known[-1].key == current.key else (*known, current)

    def write(self, releases: Sequence[Release]) -> None:
        """Store the releases, of which the last one is the current one."""
        self.record.write(releases[-MAX_RELEASES:])

    def _stored(self) -> tuple[Release, ...]:
        try:
            text = self.record.read()
        except ClientError as error:
            if error.response["Error"].get("Code") in NOT_THERE:
                return ()
            raise
        return tuple(Release(**each) for each in json.loads(text))


@dataclass(frozen=True)
class StoredObject:
    """An object in a bucket."""

    s3: Any
    bucket: str
    key: str

    def read(self) -> str:
        """Return the object's text."""
        return str(self.s3.get_object(Bucket=self.bucket, Key=self.key)["Body"].read().decode())

    def write(self, releases: Sequence[Release]) -> None:
        """Store all releases."""
        body = json.dumps([asdict(each) for each in releases], indent=2).encode()
        self.s3.put_object(Bucket=self.bucket, Key=self.key, Body=body, ContentType="application/json")


@dataclass(frozen=True)
class StoredParameter:
    """A parameter in Parameter Store, with the keys only: all that a release of an image has."""

    ssm: Any
    name: str

    def read(self) -> str:
        """Return the parameter's value."""
        return str(self.ssm.get_parameter(Name=self.name)["Parameter"]["Value"])

    def write(self, releases: Sequence[Release]) -> None:
        """Store the newest releases that a standard parameter has room for."""
        kept = list(releases)
        while len(text := json.dumps([{"key": each.key} for each in kept])) > MAX_PARAMETER_LENGTH:
            kept.pop(0)
        self.ssm.put_parameter(Name=self.name, Value=text, Type="String", Overwrite=True)


def history_key(prefix: str, site: DeployedSite) -> str:
    """Return the key of a site's history, beside its archives. The halves of a site with a copy have one each."""
    return "/".join(filter(None, (prefix, "releases", f"{site.stack}-{site.name}-{site.region}.json")))


def history_parameter(site: DeployedSite) -> str:
    """Return the name of the parameter with a site's history."""
    return f"/resilient-website/releases/{site.stack}/{site.name}"
