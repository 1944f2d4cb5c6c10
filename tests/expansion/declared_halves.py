"""What the halves of a site declare, with the values of parameters, and what of it differs."""

import json
from typing import Any

from half_comparison.declared import differences
from resilient_website.expand import expand_template
from tests.expansion.expanded import Resources
from tests.expansion.random_copies import SECONDARY
from tests.expansion.random_sites import in_template
from tests.quoting.cloudformation import FUNCTIONS, Given, resolved

Json = dict[str, Any]

# The largest value of a standard parameter. Source: "Managing parameter tiers" in the AWS Systems Manager User Guide.
MAX_BYTES = 4096

SITE: Json = {
    "DomainName": "www.example.com",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "Secondary": {"Region": SECONDARY},
}


def text(half: Resources, values: Given | None = None) -> str:
    """Return what a half declares, with the values of parameters."""
    pseudo = {"AWS::AccountId": "123456789012", "AWS::StackName": "shop", **(values or {})}
    result: str = resolved(_with_lookups(half["SiteDeclared"]["Properties"]["Value"]), pseudo)
    return result


def _with_lookups(value: Any) -> Any:
    """Return a value with the functions that `resolved` does not know as texts: both halves have the same ones."""
    if isinstance(value, dict):
        if value.keys() <= FUNCTIONS.keys():
            return {name: _with_lookups(argument) for name, argument in value.items()}
        return json.dumps(value)
    return [_with_lookups(item) for item in value] if isinstance(value, list) else value


def differing(first: str, second: str) -> list[str]:
    """Return the keys of the values that differ between what two halves declare."""
    return [each.key for each in differences(first, second)]


def of_halves(primary: Resources, copy: Resources) -> list[str]:
    """Return the keys of the values that differ between two halves, with the same values of parameters."""
    return differing(text(primary), text(copy))


def with_parameters(properties: Json, values: Json, region: str, *, no_echo: bool = False) -> Resources:
    """Return a half's resources, expanded with these values of its parameters."""
    declared = {name: {"Type": "String", **({"NoEcho": True} if no_echo else {})} for name in values}
    template = {**in_template({**SITE, **properties}), "Parameters": declared}
    expanded: Resources = expand_template(template, values, region)["Resources"]
    return expanded
