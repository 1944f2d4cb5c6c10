"""Changes of nothing but a function's code: an upgrade of the macro changes all of a site's functions so."""

from collections.abc import Sequence

from cli.analysis.updates.comparison import Change
from cli.analysis.updates.effects import Effect

FUNCTION = "AWS::Lambda::Function"
CODE = ("Code", "Layers")


def only_code(change: Change) -> bool:
    """Return whether a change updates only a function's code, in place."""
    return (
        change.type == FUNCTION
        and change.effect is Effect.CHANGED
        and not change.attributes
        and all(each.difference.path[0] in CODE for each in change.properties)
    )


def code_text(changes: Sequence[Change]) -> str:
    """Return one line about functions with changed code: where the code comes from, and the functions' names."""
    layers = {_layer(change.old) + " -> " + _layer(change.new) for change in changes}
    names = ", ".join(change.logical_id for change in changes)
    counted = f"{len(changes)} function{'s' if len(changes) > 1 else ''}"
    return f"the code of {counted} ({', '.join(sorted(layers))}): {names}"


def _layer(function: object) -> str:
    layers = getattr(function, "properties", {}).get("Layers") or []
    return str(layers[0]).partition(":layer:")[2] if layers and isinstance(layers[0], str) else "inline in the template"
