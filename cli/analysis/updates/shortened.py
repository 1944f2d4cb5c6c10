"""Values of a template as people read them in a line."""

import json
from typing import Any

from cli.analysis.updates.differences import ABSENT, Path

LONGEST = 60


def shortened(value: Any, longest: int = LONGEST) -> str:
    """Return a value in one line, its middle left out if it is long."""
    if value is ABSENT:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split()) or '""'
    half = (longest - 1) // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half:]}"


def change_text(old: Any, new: Any) -> str:
    """Return `old -> new` in one line; of long texts, what surrounds the first place where they differ."""
    if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > LONGEST:
        start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        start = max(0, start - LONGEST // 3)
        old, new = (("…" if start else "") + text[start:][:LONGEST] for text in (old, new))
    return f"{shortened(old)} -> {shortened(new)}"


def path_text(path: Path) -> str:
    """Return a path as people write it, as in `Statement[0].Action`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
