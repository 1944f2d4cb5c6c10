"""What a script or a web app manifest asks for. Neither is changed: a service worker must stay what it was."""

import json
import re
from collections.abc import Iterator

_STRING = r"""(?P<quote>["'`])(?P<reference>[^"'`\s$]{1,2000})(?P=quote)"""
# Modules name each other by relative references; other names are import maps' or bundlers'.
_IMPORTS = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*""" + _STRING)
_WORKERS = re.compile(r"""(?:serviceWorker\s*\??\.\s*register|new\s+(?:Shared)?Worker)\s*\(\s*""" + _STRING)

# Makers of statistics: their snippets load more of themselves, and there is nothing to count on a saved page.
_ANALYTICS = re.compile(
    r"googletagmanager\.com|google-analytics\.com|connect\.facebook\.net|static\.hotjar\.com|clarity\.ms/tag|"
    r"cdn\.segment\.com|snap\.licdn\.com|analytics\.tiktok\.com|_paq\.push|matomo\.js|plausible\.io/js|bat\.bing\.com"
)


def references_of_script(text: str) -> Iterator[str]:
    """Yield the modules and workers that a script names outright."""
    for found in _IMPORTS.finditer(text):
        if found["reference"].startswith(("./", "../", "/")):
            yield found["reference"]
    for found in _WORKERS.finditer(text):
        yield found["reference"]


def references_of_manifest(text: str) -> Iterator[str]:
    """Yield the icons and screenshots of a web app manifest. One that can't be read has none."""
    try:
        content = json.loads(text)
    except ValueError:
        return
    for name in ("icons", "screenshots"):
        entries = content.get(name) if isinstance(content, dict) else None
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and isinstance(entry.get("src"), str):
                yield entry["src"]


def is_analytics(text: str) -> bool:
    """Say whether a script or address belongs to a maker of statistics."""
    return bool(_ANALYTICS.search(text))
