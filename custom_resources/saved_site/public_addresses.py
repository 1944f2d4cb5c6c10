"""Decides which addresses the crawler may connect to: public ones only, none in a private network."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# An address from the resolver -> whether the crawler may connect to it.
Admits = Callable[[str], bool]

# The only IPv6 range that is assigned for the internet. Source: IANA, "IPv6 Global Unicast Address Assignments".
_GLOBAL = IPv6Network("2000::/3")
# IPv4 behind NAT64: RFC 6052, 2.1, and RFC 8215.
_TRANSLATED = IPv6Network("64:ff9b::/96")
# Also reserved, though some versions of Python treat parts of them as global.
_RESERVED = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))


def is_public(address: str) -> bool:
    """Return whether an address is public: not private, loopback, link-local, multicast or reserved.

    An IPv4 address embedded in an IPv6 address (mapped, 6to4, Teredo, NAT64) must be public too.
    Source: IANA, "Special-Purpose Address Registry".
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return _is_public(found)
    if found.ipv4_mapped:
        return _is_public(found.ipv4_mapped)
    if found in _TRANSLATED:
        return _is_public(IPv4Address(int(found) & 0xFFFFFFFF))
    embedded = [found.sixtofour, *(found.teredo or ())]
    return found in _GLOBAL and _is_public(found) and all(_is_public(one) for one in embedded if one)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    return not any(address in network for network in _RESERVED)
