"""Whether both halves were deployed with the same file: a half that is behind takes over with old sizes and versions.

The files are compared as CloudFormation has them. If they are the same, or flat, the sizes and versions that the
parameters of each stack give are compared too, and the archive or image of the application.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cli.analysis.availability.intrinsics import Intrinsics
from cli.analysis.updates.shortened import shortened
from cli.deployed.same_template import template_differences
from cli.deployed.templates import PROCESSED, read_template
from cli.switch.half import Half
from cli.template_source import stack_values
from resilient_website.tiers.secondary_region.comparison import DECLARED
from resilient_website.tiers.secondary_region.same_in_both import SAME_IN_BOTH, value_at

Resources = Mapping[str, Mapping[str, Any]]

# What begins the lines of the application in what a half declares (resilient_website/site_declared.py).
APPLICATION = "Application."


@dataclass(frozen=True)
class Differing:
    """A path in the template, and what each Region has there."""

    path: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Agreement:
    """What differs in two halves, and when their stacks were last updated, by Region."""

    differing: tuple[Differing, ...]
    updated: Mapping[str, datetime]

    @property
    def behind(self) -> str | None:
        """The Region whose stack was updated first; None if nothing differs, or both were at the same time."""
        first, last = sorted(self.updated, key=lambda region: self.updated[region])
        return first if self.differing and self.updated[first] < self.updated[last] else None


def agreement(client: Any, halves: Sequence[Half]) -> Agreement | None:
    """Return what two halves differ in; None if one of them is not created. Asks both Regions."""
    if len(halves) != 2 or not all(half.made for half in halves):
        return None
    apis = [client("cloudformation", half.region) for half in halves]
    stacks = [api.describe_stacks(StackName=half.stack)["Stacks"][0] for api, half in zip(apis, halves, strict=True)]
    regions = [half.region for half in halves]
    files = [read_template(api, half.stack) for api, half in zip(apis, halves, strict=True)]
    found = [
        Differing(".".join(map(str, each.path)), _by_region(regions, (each.old, each.new)))
        for each in template_differences(*files) or ()
    ]
    if not found:
        values = [stack_values(stack.get("Parameters", [])) for stack in stacks]
        processed = [read_template(api, half.stack, PROCESSED) for api, half in zip(apis, halves, strict=True)]
        made = [_resolved(*each) for each in zip(processed, values, strict=True)]
        found = [
            *_sizes(regions, made),
            *_applications(regions, [_applied(*each) for each in zip(processed, regions, values, strict=True)]),
        ]
    updated = {
        region: stack.get("LastUpdatedTime", stack["CreationTime"])
        for region, stack in zip(regions, stacks, strict=True)
    }
    return Agreement(tuple(found), updated)


def _resolved(template: Mapping[str, Any], values: Mapping[str, Any]) -> Resources:
    """Return the resources of a half after the macro, with the values of the stack's parameters."""
    return {
        name: {"Type": body.get("Type"), "Properties": _with_values(body.get("Properties") or {}, values)}
        for name, body in (template.get("Resources") or {}).items()
        if body.get("Type") in SAME_IN_BOTH
    }


def _applied(template: Mapping[str, Any], region: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the lines of the application in what a half declares, by site and key; without what is not known."""
    intrinsics = Intrinsics(template, region, values)
    found = {}
    for name, body in (template.get("Resources") or {}).items():
        if body.get("Type") == "AWS::SSM::Parameter" and name.endswith(DECLARED):
            for line in str(intrinsics.value((body.get("Properties") or {}).get("Value"))).split("\n"):
                key, _, value = line.partition("=")
                if key.startswith(APPLICATION) and "⟨" not in value:
                    found[f"{name.removesuffix(DECLARED)}.{key}"] = value
    return found


def _applications(regions: Sequence[str], applied: Sequence[Mapping[str, str]]) -> Iterator[Differing]:
    """Yield what differs in the applications that both halves run. Each pulls an image from its own Region."""
    first, second = applied
    for key in sorted(first.keys() & second.keys()):
        both = (first[key], second[key])
        alike = {value.replace(f".ecr.{region}.", ".ecr.") for value, region in zip(both, regions, strict=True)}
        if len(alike) > 1:
            yield Differing(key, _by_region(regions, both))


def _with_values(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        named = value.get("Ref") if len(value) == 1 else None
        if isinstance(named, str) and named in values:
            return values[named]
        return {key: _with_values(item, values) for key, item in value.items()}
    return [_with_values(item, values) for item in value] if isinstance(value, list) else value


def _sizes(regions: Sequence[str], made: Sequence[Resources]) -> Iterator[Differing]:
    """Yield the sizes and versions that differ, of what both halves have."""
    first, second = made
    for name in sorted(first.keys() & second.keys()):
        for path in SAME_IN_BOTH[first[name]["Type"]]:
            both = [value_at(resources[name]["Properties"], path) for resources in (first, second)]
            if str(both[0]) != str(both[1]):
                yield Differing(".".join((name, *path)), _by_region(regions, both))


def _by_region(regions: Sequence[str], values: Sequence[Any]) -> dict[str, str]:
    return {region: shortened(value) for region, value in zip(regions, values, strict=True)}
