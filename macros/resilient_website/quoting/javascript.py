"""JavaScript: values known at expansion, in the code of a CloudFront function."""

import json
import re
from collections.abc import Mapping
from typing import Any

_PLACEHOLDER = re.compile(r"@@([A-Z_]+)@@")


def filled(code: str, values: Mapping[str, Any]) -> str:
    """Return code with each `@@NAME@@` replaced by a value as a JavaScript literal; KeyError for an unknown name.

    JSON in ASCII is JavaScript: the two line separators that JSON allows in strings are escaped. Inserted values are
    not searched for names.
    """
    return _PLACEHOLDER.sub(lambda match: json.dumps(values[match[1]]), code)


def values_in(code: str, text: str) -> dict[str, Any] | None:
    """Return the values with which `filled(code, values)` is exactly `text`; None if there are none."""
    start, *rest = _PLACEHOLDER.split(code)
    values: dict[str, Any] = {}
    end = len(start)
    try:
        for name, following in zip(rest[::2], rest[1::2], strict=True):
            values[name], end = json.JSONDecoder().raw_decode(text, end)
            end += len(following)
    except (ValueError, RecursionError):
        return None
    return values if filled(code, values) == text else None
