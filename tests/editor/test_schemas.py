"""The schemas for editors and linters accept what the macro accepts, and refuse names that it does not know."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cloudformation_validate import (
    AdditionalSchemaSource,
    EngineConfig,
    RegoEngine,
    SchemaValidatorConfig,
    Severity,
    TemplateContent,
)
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from cli.analysis.updates.property_tree import every_property
from cli.schema.schemas import resource_type_schema, template_schema
from cli.template_file import read_template
from resilient_website.cloudformation.intrinsics import is_intrinsic
from tests.expansion.random_sites import SITES, in_template
from tools.repository import ROOT

EDITOR = Draft7Validator(template_schema())
LINTER = Draft7Validator({**resource_type_schema(), "type": "object"})
GROUPS = [located for located in every_property() if located.spec]


def site_of(template: dict[str, Any]) -> dict[str, Any]:
    (site,) = (body for body in template["Resources"].values() if body["Type"] == "ResilientWebsite")
    properties: dict[str, Any] = site.get("Properties", {})
    return properties


@given(SITES)
def test_valid_sites_are_accepted(site: dict[str, Any]) -> None:
    template = json.loads(json.dumps(in_template(site)))
    assert [error.message for error in EDITOR.iter_errors(template)] == []
    errors = (error for error in LINTER.iter_errors(site_of(template)) if not is_intrinsic(error.instance))
    assert [error.message for error in errors if not _has_call(error.instance)] == []


def _has_call(value: Any) -> bool:
    """Tell whether a list or map has intrinsic functions, which a linter computes first."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(is_intrinsic(each) or _has_call(each) for each in inside)


@given(SITES, st.sampled_from(["Databse", "multi_az", "x"]))
def test_an_unknown_name_is_refused_in_every_group(site: dict[str, Any], name: str) -> None:
    template = json.loads(json.dumps(in_template(site)))
    properties = site_of(template)
    groups = [properties, *(value for value in _groups(properties))]
    for group in groups:
        group[name] = True
        assert not LINTER.is_valid(properties)
        assert not EDITOR.is_valid(template)
        del group[name]


def _groups(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    names = {located.path[0] for located in GROUPS if len(located.path) == 1}
    yield from (value for name, value in properties.items() if name in names and isinstance(value, dict))


def test_every_property_has_a_documented_place() -> None:
    schema = resource_type_schema()
    for located in every_property():
        node: Any = {"properties": schema["properties"]}
        for name in located.path:
            node = _inside(node)["properties"][name.removesuffix("[]").removesuffix(".*")]
        assert located.row.reason in node["description"], located.name


def _inside(node: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a schema that has properties: of a group, of a list's items, of one alternative."""
    if "properties" in node:
        return node
    parts = [*node.get("anyOf", ()), *(node[key] for key in ("items", "additionalProperties") if key in node)]
    return next(found for part in parts if isinstance(part, dict) and (found := _inside_or_none(part)))


def _inside_or_none(node: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return _inside(node)
    except StopIteration:
        return None


def test_every_pattern_is_one_of_json_schema() -> None:
    patterns = sorted(set(_patterns([template_schema(), resource_type_schema()])))
    assert patterns
    script = "for (const p of JSON.parse(process.argv[1])) new RegExp(p, 'u')"
    subprocess.run(["node", "-e", script, json.dumps(patterns)], check=True)


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "pattern" and isinstance(value, str):
                yield value
            elif key == "patternProperties":
                yield from value
            yield from _patterns(value)
    elif isinstance(node, list):
        for value in node:
            yield from _patterns(value)


@pytest.fixture(scope="module")
def validator() -> RegoEngine:
    schema = AdditionalSchemaSource(schema=json.dumps(resource_type_schema()))
    schemas = SchemaValidatorConfig(additional_schemas=[schema])
    return RegoEngine(EngineConfig(schema_validator_config=schemas))


def errors(validator: RegoEngine, template: dict[str, Any]) -> list[str]:
    report = validator.validate_template(TemplateContent(json.dumps(template)))
    return [found.message for found in report.diagnostics if found.severity in (Severity.ERROR, Severity.FATAL)]


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_cloudformation_validate_accepts_the_examples(validator: RegoEngine, example: Path) -> None:
    found = errors(validator, read_template(example))
    # A site may refer to itself: the macro replaces these references.
    assert [message for message in found if "Circular dependency with [Site -> Site]" not in message] == []


def test_cloudformation_validate_refuses_an_unknown_property(validator: RegoEngine) -> None:
    template = in_template({"Database": {"MultiAz": True}})
    assert any("MultiAz" in message for message in errors(validator, template))
