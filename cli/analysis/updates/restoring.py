"""Which property of a site keeps a store, if it is restored: advice in terms of the template that somebody wrote.

What replaces a store in the expansion may stand in no template: a database without its snapshot gets a name and a user.
So each property of a site that differs is put back, one at a time, and the update is compared again.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cli.analysis.updates.differences import ABSENT, same
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.shortened import shortened

Json = dict[str, Any]

# The path of a property of a site, and the value that it had.
Place = tuple[tuple[str, ...], Any]

# Sites that differ in more places are other sites; each place costs an expansion.
MAX_PLACES = 25
SITES = ("ResilientWebsite", "Custom::ResilientWebsite")
LOSSES = (Effect.MAY_BE_REPLACED, Effect.REPLACED, Effect.DELETED)

# What becomes of each store, by logical id, if the new template were another one; None if that one can't be expanded.
Effects = Callable[[Json], Mapping[str, Effect] | None]


def restoring(old: Json, new: Json, lost: Mapping[str, Effect], effects: Effects) -> dict[str, str]:
    """Return, for stores that an update would cost, what to restore in the template instead.

    `old` and `new` are the templates as they were written, `lost` what becomes of their stores.
    """
    found: dict[str, str] = {}
    for name, place in _differing(old, new):
        left = effects(_with(new, name, place))
        if left is None:
            continue
        for store, effect in lost.items():
            if effect in LOSSES and left.get(store, Effect.CHANGED) not in LOSSES:
                found.setdefault(store, _told(place))
    return found


def _differing(old: Json, new: Json) -> Iterator[tuple[str, Place]]:
    """Yield the places where sites that both templates have differ; none if there are too many."""
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
    return isinstance(body, Mapping) and body.get("Type") in SITES


def _places(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[Place]:
    """Yield where two values differ, map by map; `true`, or nothing, is a map with nothing in it."""
    if same(old, new):
        return
    maps = [value if _is_map(value) else {} for value in (old, new) if _is_map(value) or value in (True, ABSENT)]
    if len(maps) == 2 and any(map(_is_map, (old, new))):
        for key in sorted({*maps[0], *maps[1]}):
            yield from _places(maps[0].get(key, ABSENT), maps[1].get(key, ABSENT), (*path, key))
    elif path:
        yield path, old


def _is_map(value: Any) -> bool:
    """Tell whether a value is a map of properties, and no intrinsic function."""
    return isinstance(value, Mapping) and not (len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::")))


def _with(new: Json, name: str, place: Place) -> Json:
    """Return the template with the old value in one place."""
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


def _told(place: Place) -> str:
    where, old = ".".join(place[0]), place[1]
    return f"Take {where} away again" if old is ABSENT else f"Restore {where}: {shortened(old)}"
