"""The zones of a Region: as many as AWS has there, where ministack has three everywhere."""

from typing import Any

from ministack.core.responses import get_region  # type: ignore[import-not-found]
from ministack.services.cloudformation import engine  # type: ignore[import-not-found]

# Source: "AWS Regions and Availability Zones"; us-west-1 gives an account two of its three.
ZONES = {
    "us-east-1": "abcdef",
    "us-west-1": "ac",
    "us-west-2": "abcd",
    "ca-central-1": "abd",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "sa-east-1": "abc",
}


def register() -> None:
    """Answer Fn::GetAZs; all else goes on as it does."""
    own_resolve = engine._resolve_refs

    def resolve(value: Any, *arguments: Any, **options: Any) -> Any:
        found = own_resolve(value, *arguments, **options)
        if found and isinstance(value, dict) and len(value) == 1 and "Fn::GetAZs" in value:
            region = get_region()
            return [region + letter for letter in ZONES.get(region, "abc")]
        return found

    engine._resolve_refs = resolve
