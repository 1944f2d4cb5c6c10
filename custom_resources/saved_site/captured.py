"""The result of a capture: files on disk, and what was left out."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# The manifest names this many left-out addresses; the others are only counted by reason.
MAX_NAMED = 1_000
# The maximum length of an address in the manifest.
MAX_NAME_LENGTH = 2_000
# This many addresses are remembered by hash, so that each is counted once.
MAX_REMEMBERED = 100_000


class NotSavedError(Exception):
    """No new version was saved, and the last one stays current; the message says why."""


class SourceError(NotSavedError):
    """The site can't be captured; the message says why."""


@dataclass(frozen=True)
class Kept:
    """A body on disk."""

    waits_at: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class File:
    """A file of the copy: its key, and its location on disk until it is published."""

    key: str
    url: str
    status: int
    content_type: str
    is_page: bool
    kept: Kept
    same_as: str = ""


@dataclass
class LeftOut:
    """What was left out of the copy, and why."""

    named: list[tuple[str, str]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    _known: set[int] = field(default_factory=set)
    _named: set[tuple[str, str]] = field(default_factory=set)

    def add(self, what: str, reason: str) -> None:
        """Record an address that was left out, once, no matter how many pages refer to it.

        The query string is not recorded: it may be a secret, as in a password reset link.
        """
        if hash(what) in self._known:
            return
        if len(self._known) < MAX_REMEMBERED:
            self._known.add(hash(what))
        self.reasons[reason] += 1
        named = (without_query(what)[:MAX_NAME_LENGTH], reason)
        if len(self.named) < MAX_NAMED and named not in self._named:
            self._named.add(named)
            self.named.append(named)


@dataclass(frozen=True)
class Captured:
    """A complete copy of a site."""

    source: str
    start_key: str
    files: Sequence[File]
    left_out: LeftOut

    @property
    def pages(self) -> int:
        """The number of different pages."""
        return sum(1 for file in self.files if file.is_page and not file.same_as)


def without_query(address: str) -> str:
    """Return an address, or a path, without its query string and fragment."""
    return address.partition("#")[0].partition("?")[0]


def keep(folder: Path, name: str, chunks: Iterable[bytes]) -> Kept:
    """Write a body to a file in a folder."""
    digest, size = hashlib.sha256(), 0
    with (folder / name).open("wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            size += file.write(chunk)
    return Kept(folder / name, digest.hexdigest(), size)
