"""Reads the values below a path of Parameter Store."""

from typing import Any

from primary_half.properties import Wanted


class NotPublishedError(Exception):
    """The primary half has not published what its copy needs; the message says what to do."""


class NotPromotedError(Exception):
    """The half is created with a database that can't be there yet; the message says what to do."""


def refuse_first(wanted: Wanted, region: str) -> None:
    """Raise NotPromotedError for the creation of a half whose database takes writes: it starts as a replica."""
    if wanted.promoted:
        raise NotPromotedError(
            f"{wanted.site} has no database in {region} yet, which Secondary.ActiveRegion names: it starts as a "
            "replica. Deploy both Regions without ActiveRegion, then use `switch` (docs/switch.md)"
        )


def values(ssm: Any, wanted: Wanted) -> dict[str, str]:
    """Return the wanted values by name. Raises NotPublishedError if one is missing."""
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=wanted.path)
    found = {
        parameter["Name"].rpartition("/")[2]: parameter["Value"] for page in pages for parameter in page["Parameters"]
    }
    missing = [name for name in wanted.names if name not in found]
    if missing:
        raise NotPublishedError(_reason(wanted, missing, ssm.meta.region_name, published=bool(found)))
    return {name: found[name] for name in wanted.names}


def _reason(wanted: Wanted, missing: list[str], region: str, *, published: bool) -> str:
    if wanted.region:
        return (
            f"The half of {wanted.site} in {region} has not published {', '.join(missing)}. If it is not deployed yet, "
            "deploy both Regions without Secondary.ActiveRegion and Secondary.VpcOrigin first. Else deploy it there "
            "first"
        )
    if published:
        return (
            f"The primary half of {wanted.site} has not published {', '.join(missing)}. Deploy this template in the "
            "primary Region first"
        )
    return (
        f"{wanted.site} of the stack {wanted.stack} is not deployed in its primary Region yet, or without "
        f"Secondary.Region: {region}. Deploy this template there first, under the same stack name"
    )
