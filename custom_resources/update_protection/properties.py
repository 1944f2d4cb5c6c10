"""The properties of Custom::UpdateProtection, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# CloudFormation's own, which reach the function too.
NOT_OURS = ("ServiceToken", "ServiceTimeout")
OURS = ("Enabled", "Stores")


class InvalidPropertiesError(Exception):
    """Properties that can't be used; its text has every problem, one a line."""


@dataclass(frozen=True)
class ProtectedStores:
    """Whether the stores are protected; and by logical id each one's type, policy and what can't change in place."""

    enabled: bool
    stores: Mapping[str, Mapping[str, str]]


def read(properties: Mapping[str, Any]) -> ProtectedStores:
    """Return what a request's ResourceProperties say. Raises InvalidPropertiesError."""
    problems = [
        f"Properties.{name}: unknown property; known here: {', '.join(OURS)}"
        for name in properties
        if name not in OURS and name not in NOT_OURS
    ]
    enabled, stores = properties.get("Enabled"), properties.get("Stores", {})
    if enabled not in ("true", "false"):
        problems.append(f"Properties.Enabled: found {str(enabled)[:60]!r}; write true or false")
    if not isinstance(stores, Mapping) or not all(
        isinstance(each, Mapping) and "Type" in each for each in stores.values()
    ):
        problems.append("Properties.Stores: write a map of logical ids, each a map with the store's Type")
    if problems:
        raise InvalidPropertiesError("\n".join(problems))
    return ProtectedStores(
        enabled == "true",
        {str(name): {str(key): str(value) for key, value in each.items()} for name, each in stores.items()},
    )
