"""An expanded template, as the analyses take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Expanded:
    """An expanded template, its Region, and the known values of its parameters."""

    template: dict[str, Any]
    region: str
    parameters: Mapping[str, Any]
