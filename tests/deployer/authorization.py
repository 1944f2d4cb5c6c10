"""The Service Authorization Reference, as cfn-lint ships it: which actions there are, and on what."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import cfnlint


@lru_cache(maxsize=1)
def _services() -> dict[str, Any]:
    path = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"
    services: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return services


def all_actions() -> list[str]:
    """Return all actions that there are."""
    return [f"{service}:{name}" for service, body in _services().items() for name in body.get("Actions", ())]


def is_action(action: str) -> bool:
    """Return whether there is an action; a pattern is one if it names any."""
    service, _, name = action.partition(":")
    known = _services().get(service, {}).get("Actions", {})
    if name.endswith("*"):
        return any(each.startswith(name[:-1].lower()) for each in known)
    return name.lower() in known


def resource_types(action: str) -> set[str]:
    """Return the types of resources that a policy can limit an action to."""
    service, _, name = action.partition(":")
    return set(_services()[service]["Actions"][name.lower()].get("Resources", ()))
