"""`frozen`: the decorator of classes whose objects don't change, such as specifications and property types."""

from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any, TypeVar, dataclass_transform

Kind = TypeVar("Kind")


@dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[Kind]) -> type[Kind]:
    """Make a class a dataclass whose fields are set once, by its `__init__`.

    It is `dataclass(frozen=True)` with one generated method instead of six, since Python compiles each of them whenever
    the macro is imported (docs/decisions/0025-frozen-classes.md). Two objects are equal if they are the same object,
    and `repr` does not show their fields: what is compared or printed is a NamedTuple. To assign to a field is an error
    for the type checker, and raises FrozenInstanceError.
    """
    cls.__setattr__ = _set_once  # type: ignore[method-assign]
    cls.__delattr__ = _keep  # type: ignore[method-assign]
    return dataclass(eq=False, repr=False)(cls)


def _set_once(instance: Any, name: str, value: Any) -> None:
    fields = instance.__dict__
    if name in fields or name not in instance.__dataclass_fields__:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    fields[name] = value


def _keep(_instance: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
