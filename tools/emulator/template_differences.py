"""What a change set changes, found without looking at all of both templates: most resources of an update are the same.

ministack resolves the functions of all properties, before and after, for each change set. In each operation it compares
the whole templates once for each resource, and it hands each reference through a generator for each level.
"""

import re
from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers, stacks  # type: ignore[import-not-found]

Json = dict[str, Any]

_VARIABLE = re.compile(r"\$\{([^}]+)\}")


def register() -> None:
    """Replace what looks through templates."""
    changesets._resolve_props_for_diff = _Resolved(changesets._resolve_props_for_diff)
    for module in (engine, stacks):
        module._intrinsic_references = references
    for module in (handlers, changesets):
        module._deploy_stack_async = _with_shared_parts(module._deploy_stack_async)


class _Resolved:
    """Resources with their functions resolved: the same as the last time, if they are what they were."""

    def __init__(self, own_step: Callable[..., Json]) -> None:
        self._own_step = own_step
        # What they were resolved for, what they were, and what they became. One object: requests have threads.
        self._last: tuple[Json, Json, Json] = {}, {}, {}

    def __call__(self, template: Json, parameters: Json, stack_name: str, stack_id: str) -> Json:
        """Return the template's resources; nothing if there is no template."""
        if not template:
            return {}
        sections = {name: template.get(name) for name in ("Conditions", "Mappings")}
        context = {"StackId": stack_id, "Parameters": parameters, **sections}
        resources = template.get("Resources", {})
        last_context, last_resources, last_resolved = self._last
        known = last_resources if context == last_context else {}
        others = {name: body for name, body in resources.items() if body != known.get(name)}
        found = self._own_step({**template, "Resources": others}, parameters, stack_name, stack_id)["Resources"]
        resolved = {name: found[name] if name in found else last_resolved[name] for name in resources}
        self._last = context, resources, resolved
        return {"Resources": resolved}


def _with_shared_parts(own_deploy: Callable[..., Any]) -> Callable[..., Any]:
    def deploy(name: str, stack_id: str, template: Json, *more: Any, **options: Any) -> Any:
        if options.get("previous_stack"):
            share_equal_parts(template, options["previous_stack"]["_template"])
        return own_deploy(name, stack_id, template, *more, **options)

    return deploy


def share_equal_parts(template: Json, previous: Json) -> None:
    """Make the parts of a template that are as they were the same objects, which Python compares at once."""
    for section, parts in template.items():
        if previous.get(section) == parts:
            previous[section] = parts
        elif isinstance(parts, dict):
            before = previous.get(section, {})
            before.update({name: part for name, part in parts.items() if before.get(name) == part})


def references(value: Any) -> list[tuple[str, str | None]]:
    """Return the name, and the attribute if there is one, of each Ref, Fn::GetAtt and variable of Fn::Sub."""
    found: list[tuple[str, str | None]] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[tuple[str, str | None]]) -> None:
    if isinstance(value, list):
        for part in value:
            if type(part) is not str:
                _collect(part, found)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key == "Ref" and isinstance(part, str):
                found.append((part, None))
            elif key == "Fn::GetAtt":
                _collect_attribute(part, found)
            elif key == "Fn::Sub":
                _collect_variables(part, found)
            elif type(part) is not str:
                _collect(part, found)


def _collect_attribute(argument: Any, found: list[tuple[str, str | None]]) -> None:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if isinstance(parts, list) and parts and isinstance(parts[0], str):
        found.append((parts[0], parts[1] if len(parts) > 1 and isinstance(parts[1], str) else None))


def _collect_variables(argument: Any, found: list[tuple[str, str | None]]) -> None:
    text, values = (*argument, {})[:2] if isinstance(argument, list) else (argument, {})
    own = values if isinstance(values, dict) else {}
    for variable in _VARIABLE.findall(str(text)):
        if not variable.startswith("!") and variable not in own:
            name, _, attribute = variable.partition(".")
            found.append((name, attribute or None))
    _collect(list(own.values()), found)
