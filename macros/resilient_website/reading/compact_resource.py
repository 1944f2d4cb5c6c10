"""The resource attributes of the compact resource (DependsOn, Condition, ...), and their meaning for a site."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from resilient_website.cloudformation.computed import ABSENT, Computer, NotKnownError
from resilient_website.cloudformation.intrinsics import is_intrinsic
from resilient_website.cloudformation.overrides import deep_merge
from resilient_website.cloudformation.references import depends_on, references
from resilient_website.facts.stores import STORES
from resilient_website.problems import allowing, known_names, shown
from resilient_website.reading.reader import Reader

COMPACT_ATTRIBUTES = ("DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata")
POLICIES = ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot")

Json = dict[str, Any]


def check_attributes(
    name: str, resource: Mapping[str, Any], path: str, reader: Reader, properties: Collection[str]
) -> None:
    """Note invalid attributes of the compact resource, and an invalid logical id; `properties` are those of a site."""
    if not re.fullmatch(r"[A-Za-z0-9]{1,64}", name):
        reader.problem(path, f"found the logical id {shown(name)}", "use 1 to 64 letters and digits")
    for key in resource:
        if key not in (*COMPACT_ATTRIBUTES, "Type", "Properties"):
            names = known_names(key, (*COMPACT_ATTRIBUTES, "Type", "Properties"))
            fix = "it is a property: write it under Properties" if key in properties else names
            reader.problem(f"{path}.{key}", "not an attribute of a site", fix)
    for key in ("DeletionPolicy", "UpdateReplacePolicy"):
        if key in resource and (not isinstance(resource[key], str) or resource[key] not in POLICIES):
            reader.problem(f"{path}.{key}", f"found {shown(resource[key])}", allowing(", ".join(POLICIES)))
    if "Condition" in resource and not isinstance(resource["Condition"], str):
        reader.problem(f"{path}.Condition", f"found {shown(resource['Condition'])}", "write a condition's name")
    named = resource.get("DependsOn", [])
    if not isinstance(named, str) and not _is_list_of_names(named):
        reader.problem(f"{path}.DependsOn", f"found {shown(named)}", "write a logical id, or a list of them")
    if not isinstance(resource.get("Metadata", {}), Mapping):
        reader.problem(f"{path}.Metadata", f"found {shown(resource['Metadata'])}", "write a map")


def with_known_policies(resource: Mapping[str, Any], computer: Computer) -> Mapping[str, Any]:
    """Return a compact resource with its policies evaluated, where they are functions of known values.

    CloudFormation allows functions there only with AWS::LanguageExtensions. `AWS::NoValue` removes a policy.
    """
    given = {key: resource[key] for key in ("DeletionPolicy", "UpdateReplacePolicy") if is_intrinsic(resource.get(key))}
    changed = dict(resource)
    for key, value in given.items():
        try:
            changed[key] = computer.value(value)
        except NotKnownError:
            continue
        if changed[key] is ABSENT:
            del changed[key]
    return changed


def carry_over(attributes: Mapping[str, Any], definitions: Mapping[str, Json]) -> dict[str, Json]:
    """Return the site's resources with the compact resource's attributes applied to them.

    `DependsOn` applies to the resources that depend on no other of the site, so that the whole site waits; `Condition`
    to all; the policies to the stores; `Metadata` only to the launch template, where cfn-init reads
    AWS::CloudFormation::Init.
    """
    own = set(definitions)
    return {logical_id: _carried(attributes, definition, own) for logical_id, definition in definitions.items()}


def _carried(attributes: Mapping[str, Any], definition: Json, own: set[str]) -> Json:
    carried = dict(definition)
    if "DependsOn" in attributes and not _waits_for(definition, own):
        carried["DependsOn"] = depends_on(attributes)
    if "Condition" in attributes:
        carried["Condition"] = attributes["Condition"]
    if "Metadata" in attributes and definition["Type"] == "AWS::EC2::LaunchTemplate":
        carried["Metadata"] = deep_merge(carried.get("Metadata", {}), attributes["Metadata"])
    for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
        if policy in attributes and is_store(definition):
            carried[policy] = _policy(attributes[policy], definition, policy)
    return carried


def _waits_for(definition: Json, own: set[str]) -> bool:
    return "DependsOn" in definition or bool(references(definition.get("Properties", {})) & own)


def is_store(definition: Json) -> bool:
    """Tell whether a resource of a site holds data that exists only there: a read replica's data is in its source.

    A replica in another Region counts: it outlives the loss of its source. All other resources can be recreated from
    the template, so the site's policies don't apply to them.
    """
    kind = STORES.get(definition["Type"])
    return kind is not None and kind.in_sites and kind.has_own_data(definition.get("Properties", {}))


def _policy(policy: str, definition: Json, attribute: str) -> str:
    """Return the policy for this store: without snapshot support, it is retained instead."""
    if policy == "Snapshot" and not STORES[definition["Type"]].has_snapshots:
        return "Retain"
    # Source: "UpdateReplacePolicy attribute", which doesn't support RetainExceptOnCreate.
    if policy == "RetainExceptOnCreate" and attribute == "UpdateReplacePolicy":
        return "Retain"
    return policy


def _is_list_of_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
