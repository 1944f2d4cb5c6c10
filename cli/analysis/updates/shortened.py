"""Formats values and paths of a template in one line."""

import json
from typing import Any

from cli.analysis.updates.differences import ABSENT, Path

MAX_LENGTH = 60


def shortened(value: Any, max_length: int = MAX_LENGTH) -> str:
    """Return a value in one line, without its middle if it is longer than `max_length`."""
    if value is ABSENT:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split()) or '""'
    half = (max_length - 1) // 2
    return text if len(text) <= max_length else f"{text[:half]}…{text[-half:]}"


def change_text(old: Any, new: Any) -> str:
    """Return `old -> new` in one line; of long texts, the part around the first difference."""
    if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > MAX_LENGTH:
        start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        start = max(0, start - MAX_LENGTH // 3)
        old, new = (("…" if start else "") + text[start:][:MAX_LENGTH] for text in (old, new))
    return f"{shortened(old)} -> {shortened(new)}"


def path_text(path: Path) -> str:
    """Return a path in dotted notation, as in `Statement[0].Action`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
