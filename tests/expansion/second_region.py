"""What the laws of a site with two halves look up in them."""

import json
from collections.abc import Iterator

from resilient_website.cloudformation.references import depends_on, references
from tests.expansion.expanded import Resources
from update_protection.properties import ProtectedStores


def names_read(secondary: Resources) -> set[str]:
    """Return what a copy reads of the primary half, in Fn::GetAtt and in Fn::Sub."""
    text = json.dumps({name: body for name, body in secondary.items() if name != "SitePrimaryHalf"})
    parts = text.split('"Fn::GetAtt": ["SitePrimaryHalf", "')[1:]
    inserted = text.split("${SitePrimaryHalf.")[1:]
    return {part.partition('"')[0] for part in parts} | {part.partition("}")[0] for part in inserted}


def protected(resources: Resources) -> ProtectedStores:
    """Return what update protection gets of a half."""
    given = resources["SiteUpdateProtection"]["Properties"]
    stores = {
        name: {key: json.dumps(value) for key, value in store.items() if key != "DeletionPolicy"}
        | {"DeletionPolicy": store["DeletionPolicy"]}
        for name, store in given["Stores"].items()
    }
    return ProtectedStores(True, stores, tuple(given.get("Replicas", ())))


def unresolved(resources: Resources, parameters: set[str]) -> Iterator[str]:
    """Yield the references that nothing answers."""
    for name, body in resources.items():
        for other in references(body.get("Properties", {})) | set(depends_on(body)):
            if other not in resources and other not in parameters and "::" not in other:
                yield f"{name} refers to {other}"


def waits_for(resources: Resources, name: str) -> set[str]:
    """Return the resources that CloudFormation creates or updates before another one, directly or not."""
    found: set[str] = set()
    left = {name}
    while left:
        body = resources[left.pop()]
        named = references(body.get("Properties", {})) | set(depends_on(body))
        left |= {other for other in named if other in resources} - found
        found |= left
    return found
