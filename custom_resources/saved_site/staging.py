"""Stores captured files on disk until they are published, within a limit on their total size."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from saved_site.addresses import Address, UnusableAddressError
from saved_site.captured import File, LeftOut, keep


class FullError(Exception):
    """The limit on the total size is reached."""


class StagingArea:
    """Files by address. The caller owns the folder and removes it with its contents."""

    def __init__(self, folder: Path, origin_url: str, most_bytes: int) -> None:
        self._folder = folder
        self._origin_url = origin_url
        self._files: dict[Address, File] = {}
        self._by_key: dict[str, File] = {}
        self.room = most_bytes
        self.pages = 0

    def has(self, address: Address) -> bool:
        """Return whether an address has been saved."""
        return address in self._files

    def clash(self, address: Address) -> str:
        """Return another path with the same key as this address; empty if there is none.

        Raises UnusableAddressError.
        """
        taken = self._by_key.get(address.key)
        return taken.url.removeprefix(self._origin_url) if taken else ""

    def put(self, address: Address, body: bytes, content_type: str, *, page: bool) -> None:
        """Store a file. Raises FullError if it exceeds the limit."""
        if len(body) > self.room:
            raise FullError
        kept = keep(self._folder, str(len(self._files)), [body])
        url = self._origin_url + address.target
        self._add(address, File(address.key, url, 200, content_type, page, kept))
        self.pages += page

    def with_copies(self, redirects: Mapping[Address, Address], left_out: LeftOut) -> tuple[File, ...]:
        """Return all files. Redirects, and pages only known with a query string, are also saved by the plain path."""
        for source, destination in redirects.items():
            self._copy(source, destination, left_out)
        for address in [address for address in self._files if address.query]:
            self._copy(Address(address.path), address, left_out)
        return tuple(self._by_key.values())

    def _copy(self, address: Address, original: Address, left_out: LeftOut) -> None:
        try:
            file = self._files[original]
            if address.key in self._by_key:
                return
        except UnusableAddressError as error:
            left_out.add(address.target, str(error))
            return
        if file.kept.size > self.room:
            left_out.add(address.target, "MaxBytes was reached")
            return
        same = file.same_as or file.key
        self._add(address, replace(file, key=address.key, url=self._origin_url + address.target, same_as=same))

    def _add(self, address: Address, file: File) -> None:
        self._files[address] = file
        self._by_key[file.key] = file
        self.room -= file.kept.size
