"""The code of a template's functions, and the code that the macro would give them: its newest layer."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from cli.inline_code import Inside
from resilient_website.function_registry import FUNCTIONS
from resilient_website.functions.code import FunctionCode, Layer

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


def code_after(deployed: Mapping[str, Any], client: Callable[[], "LambdaClient"]) -> FunctionCode:
    """Return the code that an account's macro would give the functions of a deployed template.

    Without functions, any layer will do. If Lambda can't be asked, or lists no version, the deployed layer is assumed,
    and a note on standard error says so.
    """
    code = code_in(deployed)
    return Layer(_newest(code.arn, client)) if isinstance(code, Layer) else code or Layer.any()


def code_in(expanded: Mapping[str, Any]) -> FunctionCode | None:
    """Return the code of the sites' functions in a template; None if it has none."""
    names = {kind.function for kind in FUNCTIONS}
    functions = [body for name, body in (expanded.get("Resources") or {}).items() if name in names]
    layers = [layer for body in functions for layer in body["Properties"].get("Layers", []) if isinstance(layer, str)]
    if not functions:
        return None
    return Layer(layers[0]) if layers else Inside()


def _newest(layer: str, client: Callable[[], "LambdaClient"]) -> str:
    """Return the newest version of a layer. Source: "ListLayerVersions" in the Lambda API Reference."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # files need no AWS

    try:
        versions = client().list_layer_versions(LayerName=layer.rpartition(":")[0])["LayerVersions"]
    except (ClientError, BotoCoreError) as error:
        return _as_deployed(layer, f"can't be looked up ({error})")
    newest = max(versions, key=lambda version: version["Version"], default=None)
    return newest["LayerVersionArn"] if newest else _as_deployed(layer, "has no version in Lambda's list")


def _as_deployed(layer: str, why: str) -> str:
    click.echo(f"The functions' code is assumed to stay unchanged: {layer} {why}.", err=True)
    return layer
