"""A function in the place of any property's value is refused, or becomes part of the expansion: none is ignored."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from cli.analysis.updates.property_tree import Located, every_property
from tools.reference.needs import missing
from tools.reference.sites import ExpandedSite, examples, set_in

FUNCTION = {"Fn::GetAtt": ["UsersOwnResource", "Value"]}
OWN_RESOURCE = {
    "Type": "Custom::Other",
    "Properties": {"ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:f"},
}

# Those of lists and maps are read as these are. A group's own value is a map.
PROPERTIES = [each for each in every_property() if not each.spec and not any("[]" in p or "*" in p for p in each.path)]


@cache
def sites() -> list[ExpandedSite]:
    """Return the examples' sites, in templates with another resource."""
    return [
        replace(
            site,
            template={**site.template, "Resources": {**site.template["Resources"], "UsersOwnResource": OWN_RESOURCE}},
        )
        for site in examples()
    ]


def expansions(located: Located) -> Iterator[list[Any]]:
    """Yield the properties of the resources of each site that takes the function as this property.

    Not their metadata, which have all of the site's properties.
    """
    for site in sites():
        properties = site.template["Resources"][site.name].get("Properties", {})
        found = set_in(site, {**missing(properties, located, FUNCTION), located.path: FUNCTION})
        if found is not None:
            yield [{**body, "Metadata": None} for body in found.resources.values()]


@pytest.mark.parametrize("located", PROPERTIES, ids=lambda located: located.name)
def test_function_is_refused_or_lands(located: Located) -> None:
    accepted = False
    for resources in expansions(located):
        accepted = True
        if "UsersOwnResource" in json.dumps(resources):
            break
    else:
        assert not accepted, f"{located.name} takes a function and ignores it: write known_at_expansion=True in its row"
    assert not (accepted and located.row.known_at_expansion)
