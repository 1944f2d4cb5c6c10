"""The Lambda function that serves saved pages, `serve_saved_site.py`, and what it does.

Analyses of a template recognize the function by its exact code. A released version keeps its code, so changed code goes
into a file and an entry in `CODES` of its own, and earlier entries stay.
"""

import re
from pathlib import Path
from typing import NamedTuple

HANDLER = "index.handler"

# The environment variables with the bucket's name, the prefix of saved pages, and the key of the friendly page.
BUCKET, SAVED, FRIENDLY = "BUCKET", "SAVED", "FRIENDLY"
# The environment variables with the page for when S3 fails, and the value of the header Retry-After.
BARE, RETRY_AFTER = "BARE", "RETRY_AFTER"


class Serving(NamedTuple):
    """The function's responses: for `methods` a saved page if it exists, otherwise the friendly page.

    If it can't read the friendly page, it returns the text in BARE with the same status. `needs` are the environment
    variables without which it does not start or respond.
    """

    methods: tuple[str, ...]
    saved_status: int
    friendly_status: int
    needs: frozenset[str]


class Code(NamedTuple):
    """The function's code as in the template, and what it does."""

    text: str
    serving: Serving


def _without_docstrings(source: str) -> str:
    """Return the code without docstrings, which templates don't need."""
    return re.sub(r'^ *"""(?:.|\n)*?"""\n+', "", source, flags=re.MULTILINE)


# The code of every version, newest first. Its first entry is that of the newest version.
CODES = (
    Code(
        _without_docstrings((Path(__file__).parent / "serve_saved_site.py").read_text(encoding="utf-8")),
        Serving(("GET", "HEAD"), 200, 503, frozenset({BUCKET, SAVED, FRIENDLY, BARE, RETRY_AFTER})),
    ),
)


def meaning(text: str) -> Serving | None:
    """Return what a function with this code and HANDLER does; None for code that is not ours."""
    return next((code.serving for code in CODES if code.text == text), None)
