"""Objects of frozen classes can't be changed, at run time or in the type checker's view."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace

import pytest

from resilient_website.frozen import frozen


@frozen
class Size:
    width: int
    height: int = 2
    names: list[str] = field(default_factory=list)


@frozen
class Box(Size):
    depth: int = 3


# Without the type checker's error, each comment in these would be an unused one, which is an error too.
def assign(box: Box) -> None:
    box.width = 5  # type: ignore[misc]


def assign_own(box: Box) -> None:
    box.depth = 5  # type: ignore[misc]


def assign_unknown(box: Box) -> None:
    box.weight = 5  # type: ignore[attr-defined]


def delete(box: Box) -> None:
    del box.width


@pytest.mark.parametrize("change", [assign, assign_own, assign_unknown, delete])
def test_an_object_stays_as_it_was_made(change: Callable[[Box], None]) -> None:
    box = Box(1)
    with pytest.raises(FrozenInstanceError):
        change(box)
    assert vars(box) == {"width": 1, "height": 2, "names": [], "depth": 3}


def test_a_copy_may_differ() -> None:
    box = Box(1, names=["a"])
    copy = replace(box, height=7)
    assert (copy.width, copy.height, copy.depth, copy.names) == (1, 7, 3, box.names)
    assert (box.height, type(copy)) == (2, Box)


def test_a_field_without_a_default_is_required_and_an_unknown_one_refused() -> None:
    with pytest.raises(TypeError, match="width"):
        Box()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="weight"):
        Box(1, weight=5)  # type: ignore[call-arg]


def test_objects_are_equal_if_they_are_the_same() -> None:
    box = Box(1)
    assert box in {box}
    assert Box(1) != box
