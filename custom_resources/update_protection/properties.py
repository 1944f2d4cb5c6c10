"""Reads the properties of Custom::UpdateProtection."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.cfn_response.properties import REGION, Table, boolean, read_all


@dataclass(frozen=True)
class Copy:
    """The site's copy in another Region: its Region, and whether it is the active half.

    `database` is the logical id of the database in this stack. Both halves have the same Region here: the copy's.
    """

    region: str
    database: str
    is_active: bool


@dataclass(frozen=True)
class ProtectedStores:
    """Whether protection is enabled; per logical id, a store's type, policy and properties that replace it."""

    enabled: bool
    stores: Mapping[str, Mapping[str, str]]
    # Logical ids of databases that may be replaced by a replica of one in another Region.
    replicas: tuple[str, ...] = ()
    # The site's copy in another Region; None without one, and for a site without a database.
    copy: Copy | None = None


def _stores(value: Any) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(value, Mapping) or not all(
        isinstance(each, Mapping) and "Type" in each for each in value.values()
    ):
        raise ValueError("write a map from logical ids to maps that have the store's Type")
    return {str(name): {str(key): str(text) for key, text in each.items()} for name, each in value.items()}


def _replicas(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ValueError("write a list of logical ids")
    return tuple(value)


def _copy(value: Any) -> Copy | None:
    if value == "":
        return None
    names = ("Region", "Database", "IsActive")
    if not isinstance(value, Mapping) or set(value) != set(names) or not re.fullmatch(REGION, str(value["Region"])):
        raise ValueError(f"write a map with {', '.join(names)}")
    return Copy(str(value["Region"]), str(value["Database"]), boolean(value["IsActive"]))


# Property -> field, reader, default (None: required).
PROPERTIES: Table = {
    "Enabled": ("enabled", boolean, None),
    "Stores": ("stores", _stores, {}),
    "Replicas": ("replicas", _replicas, ()),
    "Copy": ("copy", _copy, ""),
}


def read(properties: Mapping[str, Any]) -> ProtectedStores:
    """Return the stores in a request's ResourceProperties. Raises InvalidPropertiesError."""
    return ProtectedStores(**read_all(properties, PROPERTIES))
