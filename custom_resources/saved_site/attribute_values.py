"""Attributes with more than a plain URL: srcset and meta refresh.

Sources: HTML, "parsing a srcset attribute" and "shared declarative refresh steps".
"""

import re
from collections.abc import Callable

from saved_site.scan import SPACE, Scan

# Original reference -> reference in the copy.
Place = Callable[[str], str]

_CANDIDATE_STARTS = re.compile(r"[^ \t\n\r\f,]")
_DESCRIPTOR_ENDS = re.compile(r"[,()]")
_NOT_IN_NUMBER = re.compile(r"[^0-9.]")


def rewrite_set(value: str, place: Place) -> str:
    """Return a srcset with its references rewritten."""
    scan = Scan(value)
    candidates: list[str] = []
    while True:
        scan.until(_CANDIDATE_STARTS)
        if scan.is_done:
            return ", ".join(candidates)
        reference = scan.until(SPACE)
        url = reference.rstrip(",")
        descriptor = "" if reference != url else _descriptor(scan)
        candidates.append(f"{place(url)} {descriptor}".strip())


def _descriptor(scan: Scan) -> str:
    """Return the text up to the next comma outside of parentheses, and skip the comma."""
    start, depth = scan.at, 0
    while True:
        scan.until(_DESCRIPTOR_ENDS)
        mark = scan.take()
        if mark in ("", ",") and (not depth or not mark):
            return scan.text[start : scan.at - len(mark)].strip()
        depth = depth + 1 if mark == "(" else max(depth - 1, 0) if mark == ")" else depth


def rewrite_refresh(value: str, place: Place) -> str | None:
    """Return a refresh with its URL rewritten; None if it only reloads the same page."""
    scan = Scan(value)
    scan.skip_space()
    wait = scan.until(_NOT_IN_NUMBER)
    if not wait:
        return None
    scan.skip_space()
    if scan.peek() in (";", ","):
        scan.at += 1
        scan.skip_space()
    if scan.starts("url"):
        before = scan.at
        scan.at += len("url")
        scan.skip_space()
        if scan.peek() == "=":
            scan.at += 1
            scan.skip_space()
        else:
            scan.at = before
    quote = scan.peek() if scan.peek() in ('"', "'") else ""
    scan.at += len(quote)
    end = scan.find(quote) if quote else -1
    url = scan.move(scan.end if end < 0 else end).strip()
    return f"{wait}; url={place(url)}" if url else None
