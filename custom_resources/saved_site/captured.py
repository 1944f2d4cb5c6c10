"""What a source gives: files that wait on the disk, and what was left out."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

# So many are named in the manifest; the others are counted by reason.
MOST_NAMED = 1_000


class NotSavedError(Exception):
    """There is no new version, and the last one stays; the text says why."""


class SourceError(NotSavedError):
    """The site can't be captured now; the text says why."""


@dataclass(frozen=True)
class File:
    """A file of the copy: where a request finds it, and where it waits until it is published."""

    key: str
    url: str
    status: int
    content_type: str
    sha256: str
    size: int
    is_page: bool
    waits_at: Path
    same_as: str = ""


@dataclass
class LeftOut:
    """What is not in the copy, and why."""

    named: list[tuple[str, str]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, reason: str) -> None:
        """Note something that was left out."""
        self.reasons[reason] += 1
        if len(self.named) < MOST_NAMED:
            self.named.append((what, reason))


@dataclass(frozen=True)
class Captured:
    """A whole copy of a site."""

    source: str
    start_key: str
    files: Sequence[File]
    left_out: LeftOut

    @property
    def pages(self) -> int:
        """How many different pages there are."""
        return sum(1 for file in self.files if file.is_page and not file.same_as)


def keep(folder: Path, name: str, body: bytes) -> tuple[Path, str]:
    """Write a body into a folder; return where, and its SHA-256."""
    place = folder / name
    place.write_bytes(body)
    return place, hashlib.sha256(body).hexdigest()
