"""The halves of sites with a copy in another Region that the estimate of one stack leaves out, in words."""

from collections.abc import Iterable

from cli.analysis.costs.compact_sites import WITH_STACK
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers.secondary_region.half import Half


def other_halves(specs: Iterable[SiteSpec]) -> tuple[str, ...]:
    """Return the other halves of these sites that are stacks of their own, each once."""
    halves = (spec.half for spec in specs)
    return tuple(dict.fromkeys(_other(half) for half in halves if half is not None and half.spec.mode in WITH_STACK))


def _other(half: Half) -> str:
    if half.is_secondary:
        return "the primary half, which is a stack of its own (cost --region with its Region prints the sum)"
    region = half.spec.region
    return f"the copy in {region}, which is a stack of its own (cost --region {region} prints its sum)"
