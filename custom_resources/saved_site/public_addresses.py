"""Which addresses the crawl may connect to: those of the internet, and none that only this function can reach."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# An address as the resolver gives it -> whether it may be connected to.
Admits = Callable[[str], bool]

# The only IPv6 addresses that are handed out for the internet. Source: IANA, "IPv6 Global Unicast Address Assignments".
_GLOBAL = IPv6Network("2000::/3")
# IPv4 behind a translator: RFC 6052, 2.1, and RFC 8215.
_TRANSLATED = IPv6Network("64:ff9b::/96")
# Reserved too, though some versions of Python call parts of them global.
_RESERVED = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))


def is_public(address: str) -> bool:
    """Say whether an address is one of the internet: not private, loopback, link-local, multicast, or reserved.

    An IPv4 address within an IPv6 address (mapped, 6to4, Teredo, translated) has to be one of the internet too.
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
