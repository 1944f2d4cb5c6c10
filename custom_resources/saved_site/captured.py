"""What a source gives: files that wait on the disk, and what was left out."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# So many are named in the manifest; the others are counted by reason.
MAX_NAMED = 1_000
# Of an address, so many characters.
MAX_NAME_LENGTH = 2_000
# And so many are remembered by their hashes, so that each counts once; a site may name any number.
MAX_REMEMBERED = 100_000


class NotSavedError(Exception):
    """There is no new version, and the last one stays; the text says why."""


class SourceError(NotSavedError):
    """The site can't be captured now; the text says why."""


@dataclass(frozen=True)
class Kept:
    """A body on disk."""

    waits_at: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class File:
    """A file of the copy: where a request finds it, and where it waits until it is published."""

    key: str
    url: str
    status: int
    content_type: str
    is_page: bool
    kept: Kept
    same_as: str = ""


@dataclass
class LeftOut:
    """What is not in the copy, and why."""

    named: list[tuple[str, str]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    _known: set[int] = field(default_factory=set)
    _named: set[tuple[str, str]] = field(default_factory=set)

    def add(self, what: str, reason: str) -> None:
        """Note something that was left out, once, however many pages lead to it.

        A query string is not noted: it may be a secret, as that of a link to a new password is.
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
    """A whole copy of a site."""

    source: str
    start_key: str
    files: Sequence[File]
    left_out: LeftOut

    @property
    def pages(self) -> int:
        """How many different pages there are."""
        return sum(1 for file in self.files if file.is_page and not file.same_as)


def without_query(address: str) -> str:
    """Return an address, or a path, without its query string and fragment."""
    return address.partition("#")[0].partition("?")[0]


def keep(folder: Path, name: str, chunks: Iterable[bytes]) -> Kept:
    """Write a body into a folder."""
    digest, size = hashlib.sha256(), 0
    with (folder / name).open("wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            size += file.write(chunk)
    return Kept(folder / name, digest.hexdigest(), size)
