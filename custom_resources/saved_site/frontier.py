"""The queue of addresses to visit: each address once, within the limits on depth and on variants of a path."""

import sys
from collections import deque
from dataclasses import dataclass

from saved_site.addresses import Address, Origin, UnusableAddressError, link_to, own_address, resolve
from saved_site.captured import LeftOut
from saved_site.references import Kind

# Style sheets import style sheets, and modules import modules; no real page nests them more deeply.
MAX_HOPS = 10
# A site of 5,000 pages, the maximum, with 20 files and links on each.
MAX_ADDRESSES = 100_000
# Their share of the function's memory, of which the worker may use two thirds.
MAX_BYTES = 50_000_000
# A short reference may expand to a long address, since any page may set <base>. A key of MAX_KEY_BYTES has
# 2,700 characters if each byte is escaped; the rest is for the host and a query string.
MAX_ADDRESS_LENGTH = 3_000
# Replaces a reference whose address is too long.
NOWHERE = "about:blank"


@dataclass(frozen=True)
class Target:
    """An address to visit: its distance in links, and for an asset its distance in files from its page."""

    address: Address
    depth: int
    hops: int = 0


class Frontier:
    """Queues references as they are found, and returns them in order: the files of a page before the next page."""

    def __init__(self, origin: Origin, max_depth: int, max_query_variants: int, left_out: LeftOut) -> None:
        self._origin = origin
        self._max_depth = max_depth
        self._max_query_variants = max_query_variants
        self._left_out = left_out
        self._assets: deque[Target] = deque()
        self._pages: deque[Target] = deque()
        self._seen: set[Address] = set()
        self._variants: dict[str, set[str]] = {}
        self._variants_count = 0
        self._bytes = 0

    def place(self, target: Target, base: str, reference: str, kind: Kind) -> str:
        """Queue the target of a reference if it is new, and return the reference for the copy.

        A reference to another site becomes an absolute URL. If a path has too many variants, the plain path is used.
        The result is never much longer than MAX_ADDRESS_LENGTH or the reference itself.
        """
        parts = resolve(base, reference)
        if parts is None:
            return reference
        url = parts.geturl()
        if len(url) > MAX_ADDRESS_LENGTH:
            self._left_out.add(url, f"the address is longer than {MAX_ADDRESS_LENGTH} characters")
            return reference if "://" in reference else NOWHERE
        if not self._origin.owns(parts):
            return url
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        try:
            address = own_address(parts)
        except UnusableAddressError as error:
            self._left_out.add(url, str(error))
            # A second slash at the start would introduce a host; a backslash counts as one. Source: the URL Standard,
            # "relative slash state".
            return parts._replace(scheme="", netloc="", path="/" + parts.path.lstrip("/\\")).geturl()
        address = self._within_variants(address)
        if kind == "asset":
            self.add(Target(address, target.depth, target.hops + 1))
        elif kind == "page":
            self.add(Target(address, target.depth + 1))
        return link_to(address.saved_path) + fragment

    def add(self, target: Target) -> None:
        """Queue a target that is new."""
        address = target.address
        if address in self._seen:
            return
        if not self._has_room():
            self._left_out.add(
                address.target, f"the site has more than {MAX_ADDRESSES} addresses, or they are too long"
            )
            return
        self._seen.add(address)
        self._bytes += sys.getsizeof(address.path) + sys.getsizeof(address.query)
        if target.depth > self._max_depth:
            self._left_out.add(address.target, "deeper than MaxDepth")
        elif target.hops > MAX_HOPS:
            self._left_out.add(address.target, f"more than {MAX_HOPS} files away from its page")
        else:
            (self._assets if target.hops else self._pages).append(target)

    def take(self, *, pages: bool) -> Target | None:
        """Return the next target; if `pages` is false, only files that saved pages need."""
        if self._assets:
            return self._assets.popleft()
        return self._pages.popleft() if pages and self._pages else None

    def leave_rest(self, reason: str) -> None:
        """Leave out everything that is still queued."""
        for target in (*self._assets, *self._pages):
            self._left_out.add(target.address.target, reason)
        self._assets.clear()
        self._pages.clear()

    def _within_variants(self, address: Address) -> Address:
        if not address.query:
            return address
        variants = self._variants.get(address.path, set())
        if address.query not in variants:
            most = len(variants) >= self._max_query_variants or self._variants_count >= MAX_ADDRESSES
            if most or not self._has_room():
                self._left_out.add(address.target, "the path has more query strings than MaxQueryVariants")
                return Address(address.path)
            self._variants.setdefault(address.path, set()).add(address.query)
            self._variants_count += 1
            self._bytes += sys.getsizeof(address.path) + sys.getsizeof(address.query)
        return address

    def _has_room(self) -> bool:
        return len(self._seen) < MAX_ADDRESSES and self._bytes < MAX_BYTES
