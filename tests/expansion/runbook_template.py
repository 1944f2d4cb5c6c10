"""A template with the runbook of a switch."""

import json
from typing import Any

from troposphere import Ref, Template

from resilient_website.context import Context
from resilient_website.tiers.secondary_region.automation import (
    Signal,
    Store,
    Target,
    build,
)
from tests.cli.region_state import SECONDARY, STORE_ARN

# The values of the references in the fake world.
VALUES = {
    "Database": f"{SECONDARY}-db",
    "Group": "group",
    "TargetGroup": "targets",
    "Size": "2",
    "Bucket": "fallback-bucket",
    "Store": STORE_ARN,
    "Key": "_switch/active",
}

CONTEXT = Context("Site", SECONDARY, 1)


def template(*, with_database: bool = True, with_store: bool = False) -> dict[str, Any]:
    """Return a template with the runbook, and parameters for what it refers to."""
    database = Ref("Database") if with_database else None
    way = Store(Ref("Store")) if with_store else Signal(Ref("Bucket"), VALUES["Key"])
    target = Target(database, Ref("Group"), Ref("TargetGroup"), Ref("Size"), way)
    made = Template()
    for resource in build(CONTEXT, target):
        made.add_resource(resource)
    unused = "Bucket" if with_store else "Store"
    whole: dict[str, Any] = json.loads(made.to_json())
    whole["Parameters"] = {name: {"Type": "String"} for name in VALUES if name not in {"Key", unused}}
    return whole
