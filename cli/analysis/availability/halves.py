"""Both halves of a site with a copy in another Region, as the resources of one graph.

The halves' resources have the same logical ids, so that those of the copy get another ending here. What the copy reads
of the primary half (Custom::PrimaryHalf) is replaced by what that half publishes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from cli.analysis.availability import graph, resources
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.names import host_name
from cli.analysis.availability.references import reference
from cli.analysis.availability.resources import Properties, Resource, Resources
from cli.analysis.expanded import Expanded
from resilient_website.tiers.domain import ACTIVE_PREFIX
from resilient_website.tiers.secondary_region.primary_half import PRIMARY_HALF, SECONDARY_HALF, PrimaryHalf

# The ending of the logical ids of the copy's resources.
ENDING = "OfCopy"

_PLACEHOLDER = re.compile(r"⟨([A-Za-z0-9]+)((?:\.[A-Za-z0-9._]+)?)⟩")

# What leads visitors to a site belongs to its primary half. The copy of a template with several sites may have it too,
# for a site whose copy is in another Region or that has none.
_OF_OTHER_SITES = ("AWS::CloudFront::Distribution", "AWS::Route53::RecordSetGroup")


def both(primary: Expanded, copy: Expanded, *, switched: bool) -> Graph:
    """Return the graph of both halves, in which the primary half's Region is the stack's own.

    `switched`: the switch signal leads visitors to the copy.
    """
    first, second = _resources(primary), _resources(copy)
    renamed = _renamed(second, _published(first, second))
    first = _with_values(first, _read_back(first, renamed))
    regions = dict(first.other_regions) | {
        f"{name}{ENDING}": second.other_regions.get(name, second.region) for name in second.held
    }
    merged = Resources({**first.held, **renamed}, first.region, regions)
    return graph.of(merged, switched=switched)


def _resources(half: Expanded) -> Resources:
    return resources.read(half.template, half.region, half.parameters)


def _published(primary: Resources, copy: Resources) -> dict[tuple[str, str], str]:
    """Return the values that the primary half publishes, by the copy's references to them.

    The ARN of a secret's replica counts as the secret's own: both have the same value.
    """
    found: dict[tuple[str, str], str] = {}
    for reader in copy.of_type(PrimaryHalf.resource_type):
        site = reader.logical_id.removesuffix(PRIMARY_HALF)
        for name in reader.properties.texts("Names"):
            parameter = primary.held.get(f"{site}Published{name}")
            if parameter is None:
                continue
            value = parameter.properties.text("Value")
            inner = _PLACEHOLDER.search(value) if name.endswith("SecretArn") else None
            found[reader.logical_id, f".{name}"] = reference(inner[1]) if inner else value
    return found


def _read_back(primary: Resources, renamed: Mapping[str, Resource]) -> dict[tuple[str, str], str]:
    """Return the values that the copy publishes, by the primary half's references to them."""
    found: dict[tuple[str, str], str] = {}
    for reader in primary.of_type(PrimaryHalf.resource_type):
        site = reader.logical_id.removesuffix(SECONDARY_HALF)
        for name in reader.properties.texts("Names"):
            parameter = renamed.get(f"{site}Published{name}{ENDING}")
            if parameter is not None:
                found[reader.logical_id, f".{name}"] = parameter.properties.text("Value")
    return found


def _with_values(half: Resources, known: Mapping[tuple[str, str], str]) -> Resources:
    """Return a half's resources with these references replaced by their values."""
    if not known:
        return half

    def known_value(match: re.Match[str]) -> str:
        return known.get((match[1], match[2]), match[0])

    held = {
        name: Resource(name, made.type, partial(_with_replaced, made, known_value)) for name, made in half.held.items()
    }
    return replace(half, held=held)


def _with_replaced(made: Resource, replacement: Callable[[re.Match[str]], str]) -> Properties:
    """Return a resource's properties with every reference in them replaced."""
    return Properties(_replaced(made.properties.held, replacement))


def _replaced(node: Any, replacement: Callable[[re.Match[str]], str]) -> Any:
    """Return a value with every reference in it replaced."""
    if isinstance(node, str):
        return _PLACEHOLDER.sub(replacement, node) if "⟨" in node else node
    if isinstance(node, Mapping):
        return {name: _replaced(item, replacement) for name, item in node.items()}
    return [_replaced(item, replacement) for item in node] if isinstance(node, list) else node


def _renamed(copy: Resources, published: Mapping[tuple[str, str], str]) -> dict[str, Resource]:
    """Return the copy's resources under their logical ids in the graph."""

    def in_graph(match: re.Match[str]) -> str:
        known = published.get((match[1], match[2]))
        if known is not None:
            return known
        return reference(f"{match[1]}{ENDING}", match[2].removeprefix(".")) if match[1] in copy.held else match[0]

    return {
        f"{name}{ENDING}": Resource(f"{name}{ENDING}", made.type, partial(_with_replaced, made, in_graph))
        for name, made in copy.held.items()
        if _belongs(made)
    }


def _belongs(made: Resource) -> bool:
    """Return whether a resource of the copy's template belongs to a site's copy."""
    if made.type == "AWS::Route53::RecordSet" and made.properties.text("Failover"):
        return host_name(made.properties.text("Name")).startswith(ACTIVE_PREFIX)
    return made.type not in _OF_OTHER_SITES
