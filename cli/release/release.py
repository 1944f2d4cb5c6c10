"""A release of an application, a canary of one, and the kinds of application that there are releases of."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of application: its property of WebServers, and which of that property's own a release changes.

    `names` are by the fields of Release; `example` is what a site has to write.
    """

    name: str
    names: Mapping[str, str]
    example: str

    @property
    def path(self) -> str:
        """The property in messages."""
        return f"WebServers.{self.name}"

    @property
    def key(self) -> str:
        """The property that every application of this kind has."""
        return self.names["key"]


ARTIFACT = Kind(
    "Artifact", {"key": "Key", "sha256": "Sha256", "version_id": "VersionId"}, "with Bucket, Key and Command"
)
CONTAINER = Kind("Container", {"key": "Image"}, "with an Image")

# The property of WebServers with the canary, whose own properties have the same names.
CANARY = "Canary"


@dataclass(frozen=True)
class Release:
    """A release of an application: the key of an archive in S3, or an image.

    An archive also has a SHA-256 (empty if not known) and a version (empty for the latest). Without a key, this is the
    sample application, which runs until a site has its first release.
    """

    key: str
    sha256: str = ""
    version_id: str = ""

    @property
    def title(self) -> str:
        """What runs, for people: the key."""
        return self.key or "the sample application"


@dataclass(frozen=True)
class Canary:
    """How a release is tried out: its percentage of the requests, for how many minutes, and the one that is now."""

    percent: int
    minutes: int
    running: Release | None
