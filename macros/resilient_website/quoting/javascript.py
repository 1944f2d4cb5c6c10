"""JavaScript: values known at expansion, in the code of a CloudFront function."""

import json
import re
from collections.abc import Mapping
from typing import Any


def filled(code: str, values: Mapping[str, Any]) -> str:
    """Return code with each `@@NAME@@` replaced by a value as a JavaScript literal; KeyError for an unknown name.

    JSON in ASCII is JavaScript: the two line separators that JSON allows in strings are escaped. Inserted values are
    not searched for names.
    """
    return re.sub(r"@@([A-Z_]+)@@", lambda match: json.dumps(values[match[1]]), code)
