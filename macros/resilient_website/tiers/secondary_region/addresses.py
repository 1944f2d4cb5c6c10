"""The addresses of the copy's VPC: pure arithmetic."""

from ipaddress import IPv4Network

from resilient_website.tiers.network.checks import PRIVATE_BLOCKS


def block_beside(cidr_block: str) -> str:
    """Return a private block of the same size that does not overlap with the given one.

    The next block; at the end of a private range, the one before; else the first of another range.
    """
    own = IPv4Network(cidr_block)
    size = own.num_addresses
    starts = [int(own.network_address) + size, int(own.network_address) - size]
    beside = [IPv4Network((start, own.prefixlen)) for start in starts if 0 <= start < 2**32]
    elsewhere = [IPv4Network((int(block.network_address), own.prefixlen)) for block in PRIVATE_BLOCKS]
    home = [block for block in PRIVATE_BLOCKS if own.subnet_of(block)]
    fitting = [each for each in beside if any(each.subnet_of(block) for block in home)]
    return str(next(each for each in (*fitting, *elsewhere) if not each.overlaps(own)))
