"""What a picture consists of."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How a part is drawn."""

    PEOPLE = "people"
    NAME = "name"
    SERVICE = "service"
    SERVER = "server"
    STORE = "store"


@dataclass(frozen=True)
class Part:
    """One part of the architecture. `id` is a logical id of the template, or begins with one."""

    id: str
    label: str
    shape: Shape


@dataclass(frozen=True)
class Area:
    """A Region, a VPC, a zone or a subnet, with what is inside."""

    id: str
    label: str
    parts: tuple[Part, ...] = ()
    areas: "tuple[Area, ...]" = ()

    def every_part(self) -> Iterator[Part]:
        """Yield the parts of this area and of all areas inside."""
        yield from self.parts
        for area in self.areas:
            yield from area.every_part()

    def every_area(self) -> "Iterator[Area]":
        """Yield this area and all areas inside."""
        yield self
        for area in self.areas:
            yield from area.every_area()


@dataclass(frozen=True)
class Way:
    """A way that requests or data take; `spare` if it is used only when another one fails, or for copies."""

    start: str
    end: str
    label: str = ""
    spare: bool = False


@dataclass(frozen=True)
class Picture:
    """The whole: parts outside of every Region, the Regions, and the ways between parts."""

    parts: tuple[Part, ...]
    regions: tuple[Area, ...]
    ways: tuple[Way, ...]

    def every_part(self) -> Iterator[Part]:
        """Yield every part."""
        yield from self.parts
        for region in self.regions:
            yield from region.every_part()
