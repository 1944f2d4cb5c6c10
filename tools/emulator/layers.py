"""Lambda's ListLayerVersions with the ARN of a layer; ministack knows layers by their names only.

Source: "ListLayerVersions" in the Lambda API Reference, LayerName: the name or the ARN of the layer.
"""

from typing import Any
from urllib.parse import unquote

from ministack.services import lambda_svc  # type: ignore[import-not-found]


def register() -> None:
    """Let an ARN name a layer."""
    by_name = lambda_svc._list_layer_versions

    def by_name_or_arn(layer: str, query_params: dict[str, Any]) -> Any:
        return by_name(unquote(layer).rpartition(":")[2], query_params)

    lambda_svc._list_layer_versions = by_name_or_arn
