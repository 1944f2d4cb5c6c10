"""Maps CloudFormation properties to the site properties that set them, from the tables in the code."""

from functools import lru_cache

from cli.analysis.updates.property_mapping import mapped_properties
from cli.analysis.updates.property_tree import every_property
from cli.analysis.updates.resource_schemas import NamePath


@lru_cache(maxsize=1)
def site_properties() -> dict[tuple[str, NamePath], str]:
    """Return the name of the first site property that maps to each type and path."""
    found: dict[tuple[str, NamePath], str] = {}
    for located in every_property():
        for target in mapped_properties(located.row.maps_to):
            if target.path:
                found.setdefault((target.type, target.path), located.name)
    return found
