"""Fn::GetStackOutput of a stack in another Region; ministack looks in its own.

Source: "Fn::GetStackOutput" in the CloudFormation reference: read when a stack is created or updated, and no Export.
"""

from typing import Any

from ministack.core.responses import get_account_id, get_region  # type: ignore[import-not-found]
from ministack.services import cloudformation  # type: ignore[import-not-found]
from ministack.services.cloudformation import engine  # type: ignore[import-not-found]

from tools.emulator import dead_regions

FUNCTION = "Fn::GetStackOutput"


def register() -> None:
    """Answer for stacks of other Regions; all else goes on as it does."""
    own_resolve = engine._resolve_refs

    def resolve(value: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(value, str):
            # Most values are texts, which stay what they are: this is called for each of them.
            return value
        if not (isinstance(value, dict) and len(value) == 1 and FUNCTION in value and "Region" in value[FUNCTION]):
            return own_resolve(value, *arguments, **options)
        asked = resolve(value[FUNCTION], *arguments, **options)
        if asked["Region"] == get_region():
            return own_resolve(value, *arguments, **options)
        return _output(asked["Region"], str(asked["StackName"]), asked["OutputName"])

    engine._resolve_refs = resolve


def _output(region: str, stack: str, name: str) -> str:
    if dead_regions.is_dead(region):
        raise ValueError(f"Output '{name}' of stack '{stack}': {region} does not answer.")
    found = cloudformation._stacks.get_scoped(get_account_id(), region, stack) or {}
    exists = found.get("StackStatus") not in (None, "DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
    for output in found.get("Outputs", []):
        if exists and output["OutputKey"] == name:
            return str(output["OutputValue"])
    raise ValueError(f"Output '{name}' not found in stack '{stack}' in {region}")
