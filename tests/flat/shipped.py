"""The flat templates that ship with the project, made once in a process."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from cli.templates.ready_templates import KINDS, ready_templates

NAMES = sorted(KINDS)


@cache
def shipped() -> Mapping[str, dict[str, Any]]:
    """Return the templates by name. Shared, so do not change them."""
    return ready_templates()
