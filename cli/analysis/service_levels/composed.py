"""The uptime of pages, composed of that of the services on their way.

The model of failures answers whether a page is served while a set of services is down. From that follow the smallest
sets of services with which a page is served whatever else is up, and the probability that at least one of these sets is
up. (An application that runs without its database answers with its own error, which no friendly page replaces: so the
friendly page needs the database too, although it does not if the servers are down as well.) Services are assumed to
fail independently, and a failover to take no time. Source: "Availability" in the Reliability Pillar of the
AWS Well-Architected Framework, on hard dependencies and redundant components.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import prod

from cli.analysis.availability import formatting, model
from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import Failure
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.requests import RequestKind, Visit
from cli.analysis.availability.visits import FRONT, visits
from cli.analysis.month import HOURS
from cli.analysis.service_levels.components import Component, components, outage
from cli.analysis.service_levels.service_levels import ServiceLevels

DYNAMIC_PAGES, ANY_PAGE = "dynamic pages", "any page, also the friendly page"

# What a request gets in the end, for each set of services that are up.
Outcomes = Mapping[frozenset[Component], Outcome]

# What answers a request, what answers in its place, and what answers in place of that.
MAX_OTHERS = 2

TIMES = " \N{MULTIPLICATION SIGN} "

# In the order of a request.
ORDER = (
    "route_53",
    "cloudfront",
    "apis",
    "functions",
    "load_balancer",
    "all_servers",
    "database",
    "file_system",
    "s3",
)


@dataclass(frozen=True)
class Composed:
    """The uptime of a kind of pages: each of `ways` is a smallest set of services with which they are served.

    `always` has the services that every way needs. Without ways, no page of this kind is served, or the model can't
    derive it.
    """

    pages: str
    ways: tuple[frozenset[Component], ...]
    uptime: float

    @property
    def always(self) -> frozenset[Component]:
        """The services that every way needs."""
        return frozenset.intersection(*self.ways) if self.ways else frozenset()

    @property
    def formula(self) -> str:
        """The formula in words: a product, with the alternatives of which at least one is needed."""
        rest = [way - self.always for way in self.ways]
        product = _product(self.always)
        if len(rest) < 2:
            return product
        choice = " or ".join(f"({_product(way)})" for way in rest)
        return f"{product}{TIMES}at least one of: {choice}" if product else f"at least one of: {choice}"

    @property
    def minutes_down(self) -> float:
        """How many minutes of a month this leaves, if every service keeps its promise and not more."""
        return (1 - self.uptime) * 60 * HOURS


@dataclass(frozen=True)
class HostUptime:
    """The uptime of the pages of these hosts, which have the same: of dynamic pages, and of any page."""

    addresses: tuple[str, ...]
    dynamic: Composed
    any: Composed


def composed(graph: Graph, levels: ServiceLevels) -> tuple[HostUptime, ...]:
    """Return the uptime of every host that serves dynamic pages."""
    found: dict[tuple[Composed, Composed], list[str]] = {}
    used = components(graph, levels)
    for visit in visits(graph):
        if visit.kind is RequestKind.PAGE:
            outcomes = _outcomes(graph, visit, used)
            named = _names(graph, visit, levels)
            dynamic = _composed(DYNAMIC_PAGES, outcomes, Outcome.PAGE, named)
            every = _composed(ANY_PAGE, outcomes, Outcome.FRIENDLY_PAGE, named)
            found.setdefault((dynamic, every), []).append(formatting.address(visit.host))
    return tuple(HostUptime(tuple(hosts), *uptimes) for uptimes, hosts in found.items())


def _outcomes(graph: Graph, visit: Visit, used: Sequence[Component]) -> Outcomes:
    """Return what a request gets in the end, for each set of services that are up, of those that matter to it."""

    @cache
    def last(down: frozenset[Component]) -> Outcome:
        return model.answer(graph, Failure("", (outage(graph, down),)), visit).last.outcome

    mattering = [each for each in used if _matters(each, used, last)]
    every = frozenset(mattering)
    return {up: last(every - up) for up in map(frozenset, _subsets(mattering))}


def _matters(one: Component, used: Collection[Component], last: Callable[[frozenset[Component]], Outcome]) -> bool:
    """Return whether a request gets something else without a service, while at most MAX_OTHERS others are down.

    A template can have services that only other sites use, as the buckets of their fallback sites in other Regions.
    """
    others = [each for each in used if each != one]
    downs = map(frozenset, _subsets(others, MAX_OTHERS))
    return any(last(down) != last(down | {one}) for down in downs)


def _composed(pages: str, outcomes: Outcomes, worst: Outcome, named: frozenset[Component]) -> Composed:
    """Return the uptime of pages whose outcome is `worst` or better; each needs the services `named` too."""
    failed = [up for up, outcome in outcomes.items() if outcome > worst]
    served = [up for up in outcomes if not any(up <= other for other in failed)]
    ways = [up for up in served if not any(other < up for other in served)]
    every = max(outcomes, key=len)
    uptime = sum(_probability(up, every) for up in served) * prod(each.uptime for each in named)
    return Composed(pages, tuple(way | named for way in ways), uptime)


def _names(graph: Graph, visit: Visit, levels: ServiceLevels) -> frozenset[Component]:
    """Return Route 53 if the template has records of the host."""
    if not graph.records_of(visit.host, *FRONT):
        return frozenset()
    level = levels.services["route_53"]
    return frozenset({Component("route_53", level.name, "", level.percent / 100)})


def _subsets(used: Collection[Component], most: int | None = None) -> Iterator[tuple[Component, ...]]:
    """Yield every set of services, with at most `most` of them if given, the smallest first."""
    for count in range(min(len(used), len(used) if most is None else most) + 1):
        yield from combinations(used, count)


def _probability(up: frozenset[Component], used: Collection[Component]) -> float:
    """Return the probability that exactly these services are up."""
    return prod(each.uptime if each in up else 1 - each.uptime for each in used)


def _product(way: Collection[Component]) -> str:
    return TIMES.join(f"{each.name} {each.percent}" for each in sorted(way, key=_place))


def _place(component: Component) -> tuple[int, str]:
    return ORDER.index(component.service), component.name
