"""The tagging API's GetResources: with load balancers, and with global resources in their one Region."""

from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_region  # type: ignore[import-not-found]
from ministack.services import alb, tagging  # type: ignore[import-not-found]

# Source: GetResources, "ResourceTypeFilters"; ministack lists distributions wherever it is asked.
GLOBAL_REGION = "us-east-1"


def register() -> None:
    """Add what is collected for load balancing, and bind CloudFront's to its Region."""
    own_distributions = tagging._COLLECTORS["cloudfront"]
    tagging._COLLECTORS["cloudfront"] = lambda: own_distributions() if get_region() == GLOBAL_REGION else ()
    tagging._COLLECTORS["elasticloadbalancing"] = _load_balancing


def _load_balancing() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for arn, tags in alb._tags.items():
        if arn.split(":")[3] == get_region():
            yield arn, tags
