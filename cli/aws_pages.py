"""Lists of AWS that come in pages."""

from typing import Any


def pages(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    """Return the entries `key` of all pages of a paginated operation. Raises what the client raises."""
    return [entry for page in client.get_paginator(operation).paginate(**arguments) for entry in page.get(key, [])]
