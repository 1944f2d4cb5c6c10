"""Work counted in steps: the same on any machine, however busy it is.

A step is a line of Python that is run (any module's: the standard library's too), or a character that C code looks at
or copies for a `Scan`: its searches, by the way that the cursor goes, and its slices. The patterns that it searches for
are single classes of characters, as `test_patterns_are_single_classes` makes sure, so that a search costs its way.
"""

import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, SupportsIndex

import pytest

from saved_site.scan import Scan


class _Counted(str):
    """Text that counts what is searched and copied of it."""

    steps = 0

    def find(self, word: str, start: Any = 0, end: Any = None) -> int:
        found = super().find(word, start, end)
        _Counted.steps += (len(self) if found < 0 else found) - min(int(start), len(self)) + 1
        return found

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        part = super().__getitem__(key)
        _Counted.steps += len(part) + 1
        return part


def steps(work: Callable[[], object]) -> int:
    """Return how many steps some work takes."""
    lines = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    own_init, own_search = Scan.__init__, Scan._search

    def init(self: Scan, text: str) -> None:
        own_init(self, _Counted(text))

    def search(self: Scan, characters: re.Pattern[str]) -> int:
        found = own_search(self, characters)
        _Counted.steps += max(found - self.at, 0) + 1
        return found

    before, _Counted.steps = sys.gettrace(), 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scan, "__init__", init)
        patch.setattr(Scan, "_search", search)
        sys.settrace(trace)
        try:
            work()
        finally:
            sys.settrace(before)
    return lines + _Counted.steps
