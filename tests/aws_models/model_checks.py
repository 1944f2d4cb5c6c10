"""The judges of a template's values: AWS's models of its services, its resource types' schemas, and cdk-preflight."""

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.aws_models.preflight import preflight_errors
from tests.aws_models.refusals import refusals
from tests.aws_models.resource_schemas import schema
from tests.aws_models.service_shapes import service_input

Json = dict[str, Any]

ACCEPTED: list[Json] = tomllib.loads((Path(__file__).parent / "exceptions.toml").read_text()).get("accepted", [])


def findings(template: Json, region: str = "us-east-1") -> list[str]:
    """Return what no judge should find in a template: each with the judge's name, apart from what is accepted."""
    return [each for each in all_findings(template, region) if not accepted(each)]


def all_findings(template: Json, region: str = "us-east-1") -> list[str]:
    """Return what the judges find in a template, what is accepted included."""
    return sorted({*_of_models(template), *(f"preflight {each}" for each in preflight_errors(template, region))})


def accepted(finding: str) -> Json | None:
    """Return the entry of exceptions.toml that a finding needs, if there is one."""
    return next((entry for entry in ACCEPTED if re.match(entry["finding"], finding)), None)


def _of_models(template: Json) -> Iterator[str]:
    for body in template["Resources"].values():
        if body["Type"].startswith("AWS::"):
            yield from _of_resource(body["Type"], json.dumps(body.get("Properties", {})))


@cache
def _of_resource(kind: str, properties: str) -> tuple[str, ...]:
    """Return what the models find in a resource. Kept: most resources are the same in many sites."""
    return tuple(
        f"{judge} {path}: {reason}"
        for judge, place in (("service", service_input(kind)), ("schema", schema(kind)))
        for path, reason in refusals(json.loads(properties), place, kind)
    )
