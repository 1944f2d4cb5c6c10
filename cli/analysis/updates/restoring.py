"""Finds the site property whose old value would keep a store: advice in terms of the user's template.

The property that replaces a store in the expansion may not be in the user's template: a database without its snapshot
gets a name and a user. So each site property that differs is restored, one at a time, and the update compared again.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cli.analysis.updates.differences import ABSENT, same
from cli.analysis.updates.effects import LEAVING, Effect
from cli.analysis.updates.shortened import shortened
from resilient_website.cloudformation.template_checks import TYPES

Json = dict[str, Any]

# The path of a site property, and its old value.
Place = tuple[tuple[str, ...], Any]

# Sites that differ in more properties are unrelated; each property costs an expansion.
MAX_PLACES = 25
LOSSES = (Effect.MAY_BE_REPLACED, Effect.REPLACED, *LEAVING)

# Changed new template -> the effect on each resource by logical id; None if that template can't be expanded.
Effects = Callable[[Json], Mapping[str, Effect] | None]


def restoring(old: Json, new: Json, lost: Mapping[str, Effect], effects: Effects) -> dict[str, str]:
    """Return, by the logical ids of stores that an update would delete or replace, which property to restore.

    `old` and `new` are the user's templates; `lost` has the effects on those stores.
    """
    found: dict[str, str] = {}
    for name, place in _differing(old, new):
        left = effects(_with(new, name, place))
        if left is None:
            continue
        for store, effect in lost.items():
            if effect in LOSSES and left.get(store, Effect.CHANGED) not in LOSSES:
                found.setdefault(store, _advice(place))
    return found


def _differing(old: Json, new: Json) -> Iterator[tuple[str, Place]]:
    """Yield the differing properties of sites that both templates have; none if there are more than MAX_PLACES."""
    before, after = old.get("Resources") or {}, new.get("Resources") or {}
    places = [
        (name, place)
        for name in sorted(before.keys() & after.keys())
        if _is_site(before[name]) and _is_site(after[name])
        for place in _places(before[name].get("Properties", ABSENT), after[name].get("Properties", ABSENT))
    ]
    if len(places) <= MAX_PLACES:
        yield from places


def _is_site(body: Any) -> bool:
    return isinstance(body, Mapping) and body.get("Type") in TYPES


def _places(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[Place]:
    """Yield the differences of two values, map by map; `true`, or an absent value, counts as an empty map."""
    if same(old, new):
        return
    maps = [value if _is_map(value) else {} for value in (old, new) if _is_map(value) or value in (True, ABSENT)]
    if len(maps) == 2 and any(map(_is_map, (old, new))):
        for key in sorted({*maps[0], *maps[1]}):
            yield from _places(maps[0].get(key, ABSENT), maps[1].get(key, ABSENT), (*path, key))
    elif path:
        yield path, old


def _is_map(value: Any) -> bool:
    """Return whether a value is a map of properties and not an intrinsic function."""
    return isinstance(value, Mapping) and not (len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::")))


def _with(new: Json, name: str, place: Place) -> Json:
    """Return the template with one property set to its old value."""
    changed: Json = copy.deepcopy(new)
    (*above, last), old = place
    inside: Any = changed["Resources"][name]
    for key in ("Properties", *above):
        if not isinstance(inside.get(key), dict):
            inside[key] = {}
        inside = inside[key]
    if old is ABSENT:
        inside.pop(last, None)
    else:
        inside[last] = old
    return changed


def _advice(place: Place) -> str:
    where, old = ".".join(place[0]), place[1]
    return f"Remove {where}" if old is ABSENT else f"Restore {where}: {shortened(old)}"
