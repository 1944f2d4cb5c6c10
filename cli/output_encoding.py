"""Lets the outputs write any character in any encoding.

Windows encodes output to a file or a pipe in a code page of 256 characters, where Python would stop with an error.
"""

import codecs
import sys
from io import TextIOWrapper

ESCAPED = "resilient-website-escaped"


def accept_all_characters() -> None:
    r"""Let both outputs write what their encoding lacks as JSON writes it, as in `\u27e8`.

    JSON stays valid: it has such characters only in strings.
    """
    codecs.register_error(ESCAPED, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors=ESCAPED)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Return the escapes of the characters that an encoding lacks, for `codecs.register_error`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = zip(units[::2], units[1::2], strict=True)
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in pairs), error.end
