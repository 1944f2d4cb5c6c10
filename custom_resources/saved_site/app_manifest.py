"""References in a web app manifest. It is saved unchanged: its URLs are relative to it, in the copy too."""

import json
from collections.abc import Iterator


def references_of_manifest(text: str) -> Iterator[str]:
    """Yield the icons and screenshots of a web app manifest; none if it can't be parsed."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return
    for name in ("icons", "screenshots"):
        entries = content.get(name) if isinstance(content, dict) else None
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and isinstance(entry.get("src"), str):
                yield entry["src"]
