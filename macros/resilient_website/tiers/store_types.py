"""Types of a database's instances and a cache's nodes that a Region lacks, among them the defaults."""

from collections.abc import Iterable

from resilient_website.cloudformation.calls import known_value
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.facts.burstable_types import FAMILY, REGIONS_WITHOUT_T4G
from resilient_website.reading.reader import Reader


def check_offered(
    service: str, node_type: Value | None, regions: Iterable[str | None], path: str, reader: Reader
) -> None:
    """Note a type, such as db.t4g.small, that a service doesn't offer in one of the site's Regions.

    A type that is not known at expansion passes. For all other types, `check` asks AWS.
    """
    name = str(known_value(node_type))
    if name.split(".")[1:2] != [FAMILY]:
        return
    for region in regions:
        if region in REGIONS_WITHOUT_T4G[service]:
            fix = f"write a type that it offers, as in {name.replace(FAMILY, 't3')}"
            reader.problem(path, f"found {name}, which {service} doesn't offer in {region}", fix)
