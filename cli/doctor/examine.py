"""Finds what goes out of support, and what a newer default would be, in an expanded template."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cli.analysis.availability.resources import Properties, Resource, Resources
from resilient_website.facts.lifetimes import LIFETIMES, Lifetime
from resilient_website.facts.tls_policies import TLS_POLICY

LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"

# Time to plan an upgrade of a database, and to try it.
SOON = timedelta(days=180)

# Dates move: AWS has postponed some. Older comparisons with the sources are worth repeating.
OLD_FACTS = timedelta(days=180)


@dataclass(frozen=True)
class Ending:
    """Something in the template whose support ends: the resources that use it."""

    lifetime: Lifetime
    resources: tuple[str, ...]

    def days_left(self, today: date) -> int:
        """Return the days until it ends; negative if it has ended."""
        return (self.lifetime.ends - today).days


@dataclass(frozen=True)
class NewerDefault:
    """A value of the template that differs from today's default."""

    resource: str
    what: str
    found: str
    default: str


def endings(resources: Resources, today: date) -> tuple[Ending, ...]:
    """Return what has ended or ends soon, the earliest first."""
    return tuple(each for each in _every_ending(resources) if each.lifetime.ends - today <= SOON)


def later(resources: Resources, today: date) -> tuple[Ending, ...]:
    """Return what ends later than soon, the earliest first."""
    return tuple(each for each in _every_ending(resources) if each.lifetime.ends - today > SOON)


def newer_defaults(resources: Resources) -> Iterator[NewerDefault]:
    """Yield the listeners whose TLS policy is not today's default."""
    for listener in resources.of_type("AWS::ElasticLoadBalancingV2::Listener"):
        policy = listener.properties.text("SslPolicy")
        if policy and policy != TLS_POLICY:
            yield NewerDefault(listener.logical_id, "TLS policy", policy, TLS_POLICY)


def old_facts(today: date) -> tuple[Lifetime, ...]:
    """Return the dates that were not compared with their sources for long."""
    return tuple(each for each in LIFETIMES if today - each.checked > OLD_FACTS)


def _every_ending(resources: Resources) -> list[Ending]:
    """Return the ends of everything that the template uses, the earliest first."""
    found = (Ending(lifetime, tuple(_using(resources, lifetime))) for lifetime in LIFETIMES)
    return sorted((each for each in found if each.resources), key=lambda each: each.lifetime.ends)


def _using(resources: Resources, lifetime: Lifetime) -> Iterator[str]:
    for resource in resources.of_type(lifetime.type):
        properties = _own_properties(resource)
        value = properties.text(lifetime.name).removeprefix("{{resolve:ssm:")
        if value.startswith(lifetime.begins) and lifetime.engine in ("", properties.text("Engine")):
            yield resource.logical_id


def _own_properties(resource: Resource) -> Properties:
    """Return the map that has the properties: of a launch template, the one inside."""
    return resource.properties.inner("LaunchTemplateData") if resource.type == LAUNCH_TEMPLATE else resource.properties
