"""Writes the table of resource types that CloudFormation lacks in a Region (`python -m tools.reference.region_types`).

Source: the provider schemas of each Region that cfn-lint carries, which it takes from "Resource type schemas".
"""

from importlib.metadata import version
from pathlib import Path

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

import resilient_website
from resilient_website.facts.regions import REGIONS

TABLE = Path(resilient_website.__file__).parent / "facts" / "region_types.py"

# The types that the macro checks, by the property that creates them.
TYPES = ("AWS::Budgets::Budget", "AWS::FIS::ExperimentTemplate")


def missing(kind: str) -> tuple[str, ...]:
    """Return the Regions without a resource type, in the order of `REGIONS`."""
    return tuple(region for region in REGIONS if kind not in PROVIDER_SCHEMA_MANAGER.get_resource_types(region))


def table() -> str:
    """Return the text of the table's module."""
    lines = [
        '"""Resource types that some Regions lack. Written by `python -m tools.reference.region_types`.',
        "",
        f"Source: the provider schemas of cfn-lint {version('cfn-lint')}, which can lag behind a Region.",
        '"""',
        "",
        "REGIONS_WITHOUT: dict[str, tuple[str, ...]] = {",
    ]
    for kind in TYPES:
        lines += [f'    "{kind}": (', *(f'        "{region}",' for region in missing(kind)), "    ),"]
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
