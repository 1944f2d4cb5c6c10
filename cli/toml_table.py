"""Tables of facts in TOML, each beside the module that reads it."""

import tomllib
from pathlib import Path
from typing import Any


def toml_table(module: str, name: str) -> dict[str, Any]:
    """Return the table in the file `name` beside a module; `module` is the module's `__file__`."""
    return tomllib.loads(Path(module).with_name(name).read_text(encoding="utf-8"))
