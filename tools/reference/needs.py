"""What a property needs: the other properties that have to be set with it, as the property tables declare."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from cli.analysis.updates.property_tree import Located, every_property
from resilient_website.reading.properties import Need
from tools.reference.samples import samples

Path = tuple[str, ...]


def needs_of(located: Located, value: Any) -> Iterator[Need]:
    """Yield the needs of a property with a value, and those of the groups that contain it."""
    if value is False:
        return
    yield from (need for need in located.row.needs if not need.when or value in need.when)
    for group in _containing(located.path):
        yield from (need for need in group.row.needs if not need.when and need.name != located.name)


@cache
def _containing(path: Path) -> tuple[Located, ...]:
    """Return the groups that contain a property, the outermost first. Kept: each sample of each property asks."""
    return tuple(group for group in every_property() if group.path == path[: len(group.path)] and group.path != path)


def missing(properties: Any, located: Located, value: Any, known: frozenset[str] = frozenset()) -> dict[Path, Any]:
    """Return what to set so that a site meets the needs of a property, and their own, by path.

    `properties` are the site's. `known` are the names of properties that are met, or are to be left out.
    """
    found: dict[Path, Any] = {}
    known |= {located.name}
    for need in needs_of(located, value):
        if need.name in known or _is_met(properties, need):
            continue
        other = by_name(need.name)
        chosen = need.values[0] if need.values else next(samples(other.row))
        found[other.path] = chosen
        known |= {need.name}
        found |= missing(properties, other, chosen, known)
        known |= {".".join(path) for path in found}
    return found


@cache
def by_name(name: str) -> Located:
    """Return a property by its dotted path. Raises LookupError if there is none."""
    for located in every_property():
        if located.name == name:
            return located
    raise LookupError(f"no property {name}: name it by its path in the site, as in Network.VpcId")


def get(properties: Any, path: Path) -> Any:
    """Return the value at a path, in a list in its first item; None if there is none."""
    for name in path:
        properties = properties.get(name.removesuffix("[]")) if isinstance(properties, dict) else None
        if name.endswith("[]"):
            properties = properties[0] if isinstance(properties, list) and properties else None
    return properties


def _is_met(properties: Any, need: Need) -> bool:
    if any(get(properties, tuple(name.split("."))) is not None for name in need.or_else):
        return True
    present = get(properties, tuple(need.name.split(".")))
    # A group with properties of its own is on.
    present = True if isinstance(present, dict) and True in need.values else present
    return present is not None and (not need.values or need.such_as or present in need.values)
