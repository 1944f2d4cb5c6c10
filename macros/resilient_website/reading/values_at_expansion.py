"""Evaluates the values that must be known when a template is expanded, and notes why one is not known."""

from dataclasses import MISSING
from typing import Any

from resilient_website.cloudformation.computed import ABSENT, NotKnownError
from resilient_website.cloudformation.declared_parameters import Withheld
from resilient_website.cloudformation.intrinsics import NO_VALUE, is_intrinsic
from resilient_website.problems import shown
from resilient_website.reading.property_types import EMPTY
from resilient_website.reading.reader import Reader


def resolve(value: object, path: str, reader: Reader, *, counted: bool = False) -> Any:
    """Return a value with its functions evaluated; MISSING for `AWS::NoValue` and unknown values.

    `counted`: it is a list of which only the number of items must be known.
    """
    if value == NO_VALUE:
        return MISSING
    if isinstance(value, list):
        found = [(item, resolve(item, f"{path}[{index}]", reader)) for index, item in enumerate(value)]
        # An empty parameter as a list item counts as absent.
        return [known for item, known in found if known is not MISSING and not (known in EMPTY and known is not item)]
    if not is_intrinsic(value):
        return value
    try:
        chosen = reader.computed.chosen(value)
        if chosen is not value and not is_intrinsic(chosen):
            return resolve(chosen, path, reader, counted=counted)
        known = reader.computed.value(chosen)
    except NotKnownError as error:
        note_unknown(error, value, path, reader, counted=counted)
        return MISSING
    return MISSING if known is ABSENT else known


def note_unknown(error: NotKnownError, value: Any, path: str, reader: Reader, *, counted: bool = False) -> None:
    """Note a function whose value, or number of items if it is `counted`, is required but can't be computed."""
    if error.why is not None:
        note_withheld(error.why, error.call, path, reader)
        return
    within = error.call != value
    where = f"in which {shown(error.call)} is {_unknown(error.call)}" if within else f"which is {_unknown(value)}"
    fix = "write a literal, or a function of the template's parameters"
    if counted:
        fix = (
            f"its number of items must be known: write each one, as in [!Select [0, {shown(value)}], !Select [1, ...]]"
        )
    reader.problem(
        path,
        f"found the intrinsic {shown(value)}, {where}",
        f"this property decides which resources are created: {fix}",
    )


def note_withheld(why: Withheld, value: Any, path: str, reader: Reader) -> None:
    """Note a `Ref` to a parameter whose value is required but not available."""
    name = value["Ref"]
    decides = "this property decides which resources are created"
    if why is Withheld.NO_ECHO:
        found = f"found a Ref to the parameter {name}, which is declared with NoEcho"
        reader.problem(
            path, found, f"{decides}, which reveals its value: write a literal, or Ref a parameter without NoEcho"
        )
    elif why is Withheld.IN_PARAMETER_STORE:
        found = f"the parameter {name} is read from Parameter Store, and its value is not known here"
        reader.problem(path, found, f"{decides}: pass --parameter {name}=VALUE with the value from Parameter Store")
    else:
        advice = f"{decides}: pass a value (--parameter {name}=...), or add a Default"
        reader.problem(path, f"the parameter {name} has no value", advice)


def _unknown(value: Any) -> str:
    """Return why an intrinsic has no value."""
    if "Ref" in value and not str(value["Ref"]).startswith("AWS::"):
        return "not a parameter of the template"
    return "not known when the template is expanded"
