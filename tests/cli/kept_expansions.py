"""Examples and their expansions in the accounts of tests, made once in a process: hundreds of tests begin with one."""

import json
from functools import cache
from typing import Any

from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.functions.code import Layer
from tests.kept import kept
from tools.repository import ROOT


def example(name: str) -> dict[str, Any]:
    """Return an example's template: a new one each time."""
    template: dict[str, Any] = json.loads(_example(name))
    return template


def expanded(template: dict[str, Any], values: dict[str, str], region: str, layer: str) -> dict[str, Any]:
    """Return what the macro with this layer expands a template to: a new expansion each time."""
    expansion: dict[str, Any] = json.loads(_expanded(template, values, region, layer))
    return expansion


@cache
def _example(name: str) -> str:
    return json.dumps(read_template(ROOT / "examples" / f"{name}.yaml"))


@kept(64)
def _expanded(template: dict[str, Any], values: dict[str, str], region: str, layer: str) -> str:
    return json.dumps(expand_template(template, values, region, code=Layer(layer)))
