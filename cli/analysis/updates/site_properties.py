"""Which property of a site becomes which property of CloudFormation's, from the tables in the code."""

from functools import lru_cache

from cli.analysis.updates.property_mapping import mapped_properties
from cli.analysis.updates.property_tree import every_property
from cli.analysis.updates.resource_schemas import NamePath


@lru_cache(maxsize=1)
def site_properties() -> dict[tuple[str, NamePath], str]:
    """Return the names of the site's properties by the type and path that they land on; the first one of each."""
    found: dict[tuple[str, NamePath], str] = {}
    for located in every_property():
        for landing in mapped_properties(located.row.maps_to):
            if landing.path:
                found.setdefault((landing.type, landing.path), located.name)
    return found
