"""The CloudFront function that picks the active half's origin, `select_origin.js`, and what it does.

Analyses of a template recognize the function by its exact code, with any values filled in, as `prefer_saved_page.py`
says: a released version keeps its code.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from resilient_website.quoting import javascript

# The key in the key value store whose value is the active half's Region.
KEY = "active"


class SelectedOrigins(NamedTuple):
    """The ids of the origins that the function selects, by the value of `key`; another value selects none."""

    origins: Mapping[str, str]
    key: str


class Code(NamedTuple):
    """Code of the function before its values are filled in."""

    source: str

    def text(self, origins: Mapping[str, str]) -> str:
        """Return the code for one site; see SelectedOrigins for the values."""
        return javascript.filled(self.source, {"ORIGINS": dict(origins), "KEY": KEY})

    def meaning(self, text: str) -> SelectedOrigins | None:
        """Return what a function with this text does; None if it is not this code."""
        match javascript.values_in(self.source, text):
            case {"ORIGINS": dict() as origins, "KEY": str() as key} if all(
                isinstance(origin, str) for origin in origins.values()
            ):
                return SelectedOrigins(origins, key)
        return None


# The code of every version, newest first. Its first entry is that of the newest version.
CODES = (Code((Path(__file__).parent / "select_origin.js").read_text(encoding="utf-8")),)


def meaning(text: str) -> SelectedOrigins | None:
    """Return what a function with this text does; None for code that is not ours."""
    return next((found for code in CODES if (found := code.meaning(text))), None)
