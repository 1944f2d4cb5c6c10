"""Stacks to compare: sites as they expand, and small templates."""

from typing import Any

from cli.analysis.updates.comparison import Change, compare
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.stack import Stack, stack
from cli.analysis.updates.stores import StoreChange, store_changes
from resilient_website.expand import expand_template
from tests.expansion.expanded import expanded_template
from tests.expansion.random_sites import SECTIONS

Json = dict[str, Any]

REGION = "us-east-1"


def site(properties: Json, **attributes: Any) -> Json:
    """Return the expanded template of a site: a new one each time. Laws and neighbours share their sites."""
    if not attributes:
        return expanded_template(properties, REGION)
    compact = {"Type": "ResilientWebsite", "Properties": properties, **attributes}
    return expand_template({**SECTIONS, "Resources": {"Site": compact}}, {}, REGION)


def as_stack(template: Json, **parameters: str) -> Stack:
    return stack(template, REGION, parameters)


def changes(old: Json, new: Json) -> dict[str, Change]:
    """Return what an update from one template to the other does, by logical id."""
    return {change.logical_id: change for change in compare(as_stack(old), as_stack(new), REGION)}


def effects(old: Json, new: Json) -> dict[str, Effect]:
    return {name: change.effect for name, change in changes(old, new).items()}


def stores(old: Json, new: Json) -> dict[str, StoreChange]:
    before = as_stack(old)
    found = store_changes(compare(before, as_stack(new), REGION), before)
    return {store.change.logical_id: store for store in found}


def resources(**bodies: Json) -> Json:
    return {"Resources": bodies}


def database(**properties: Any) -> Json:
    """Return a DB instance; keys in capitals beside Properties are given as `attributes`."""
    attributes = properties.pop("attributes", {})
    given = {"Engine": "mysql", "DBInstanceClass": "db.t4g.small", "AllocatedStorage": "20", **properties}
    return {"Type": "AWS::RDS::DBInstance", "Properties": given, **attributes}


def ref(name: str) -> Json:
    return {"Ref": name}


def get_att(name: str, attribute: str) -> Json:
    return {"Fn::GetAtt": [name, attribute]}
