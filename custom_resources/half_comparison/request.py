"""Reads what the schedule of a copy sends: which parameter to compare, and with which Region."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.cfn_response.properties import Table, matching, read_all, region

_PARAMETER = r"/resilient-website/[A-Za-z][A-Za-z0-9-]{0,127}/[A-Za-z0-9]{1,64}/Half/Declared"


@dataclass(frozen=True)
class Request:
    """The name of the parameter that both halves publish, each in its own Region, and the primary half's Region."""

    parameter: str
    primary_region: str

    @property
    def site(self) -> str:
        """The logical id of the site."""
        return self.parameter.split("/")[3]


_FIELDS: Table = {
    "Parameter": ("parameter", matching(_PARAMETER, "write /resilient-website/<stack>/<site>/Half/Declared"), None),
    "PrimaryRegion": ("primary_region", region, None),
}


def read(event: Mapping[str, Any]) -> Request:
    """Return what an event asks for. Raises InvalidPropertiesError with every problem."""
    return Request(**read_all(event, _FIELDS))
