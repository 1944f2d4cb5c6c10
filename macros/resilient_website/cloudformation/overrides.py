"""`Overrides`: settings without a property of the compact resource, merged last into the generated resources."""

from collections.abc import Callable, Mapping, Set
from typing import Any

from resilient_website.problems import Problem, known_names, note, shown

Json = dict[str, Any]


def apply(
    site: str,
    definitions: Mapping[str, Json],
    overrides: Mapping[str, Any],
    path: str,
    problems: list[Problem],
    elsewhere: Callable[[], Set[str]],
) -> dict[str, Json]:
    """Return the definitions with the overrides merged into their properties.

    `overrides` maps a logical id without the site's name (`LoadBalancer` for `SiteLoadBalancer`) to properties.
    An id that was not generated becomes a problem, unless the site has it `elsewhere`, in its other half: then nothing
    is overridden here.
    """
    suffixes = {logical_id.removeprefix(site): logical_id for logical_id in definitions}
    merged = dict(definitions)
    others = elsewhere() if overrides.keys() - suffixes.keys() else frozenset()
    for suffix, properties in overrides.items():
        if suffix not in suffixes:
            if f"{site}{suffix}" in others:
                continue
            found = f"this site has no resource {site}{suffix}"
            note(problems, Problem(f"{path}.{suffix}", found, known_names(suffix, suffixes)))
        elif not isinstance(properties, Mapping):
            fix = f"write a map of properties of {definitions[suffixes[suffix]]['Type']}"
            note(problems, Problem(f"{path}.{suffix}", f"found {shown(properties)}", fix))
        else:
            definition = definitions[suffixes[suffix]]
            merged[suffixes[suffix]] = {
                **definition,
                "Properties": deep_merge(definition.get("Properties", {}), properties),
            }
    return merged


def deep_merge(base: Any, over: Any) -> Any:
    """Return `base` with `over` put on it: maps are merged key by key, anything else is replaced."""
    if isinstance(base, Mapping) and isinstance(over, Mapping) and not _is_call(base) and not _is_call(over):
        return {**base, **{key: deep_merge(base.get(key), value) for key, value in over.items()}}
    return over


def _is_call(value: Mapping[str, Any]) -> bool:
    """Tell whether a map is an intrinsic function call: two calls can't be merged."""
    return len(value) == 1 and all(key == "Ref" or key.startswith("Fn::") for key in value)
