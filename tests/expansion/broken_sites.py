"""Sites with values that are replaced by others, of any kind."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.expansion.random_sites import SITES

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)

JUNK = JSON | st.sampled_from(
    [
        {"Ref": "AWS::NoValue"},
        {"Ref": "Missing"},
        {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]},
        {"Fn::GetAtt": ["Site", "Url"]},
        "a" * 5000,
        -1,
        10**12,
        "",
        [],
        {},
    ]
)

Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the place of every value within a site's properties."""
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield from places(inner, (*path, key))


def put(properties: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return the properties with a value in another's place."""
    changed = copy.deepcopy(properties)
    holder: Any = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """Return a site with one to three of its values replaced by something else, or with something added."""
    properties = {"Network": {}, "WebServers": {}, **draw(SITES)}
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.sampled_from(sorted(places(properties), key=str)))
        # An entry of a map can get a sibling instead.
        beside = isinstance(where[-1], str) and draw(st.booleans())
        properties = put(properties, (*where[:-1], draw(st.text(max_size=12))) if beside else where, draw(JUNK))
    return properties
