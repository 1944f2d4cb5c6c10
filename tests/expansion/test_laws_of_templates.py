"""Laws of every site's template: its references resolve, and the same input gives the same bytes."""

import json
from graphlib import TopologicalSorter
from typing import Any

from hypothesis import given

from resilient_website.cloudformation.references import references
from resilient_website.expand import expand_template
from tests.expansion.expanded import expand, of_type
from tests.expansion.random_sites import SITES, in_template


@given(SITES)
def test_references_resolve_and_form_no_cycle(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    graph: dict[str, set[str]] = {}
    for name, body in resources.items():
        depends = body.get("DependsOn", [])
        explicit = {depends} if isinstance(depends, str) else set(depends)
        implicit = {found for found in references(body["Properties"]) if not found.startswith("AWS::")}
        assert explicit | implicit <= set(resources)
        graph[name] = explicit | implicit
    list(TopologicalSorter(graph).static_order())


@given(SITES)
def test_fallback_is_where_it_is_asked_for(properties: dict[str, Any]) -> None:
    resources = expand(properties)
    region = properties.get("Fallback", {}).get("Region")
    stacks = [stack for _, stack in of_type(resources, "Custom::RemoteStack")]
    assert {stack["Region"] for stack in stacks} == ({region} if region else set())
    assert ("SiteFallbackBucket" in resources) is (region is None)
    for stack in stacks:
        inner = json.loads(stack["TemplateBody"])
        # All that comes in is a parameter: an export of one Region is none of another.
        assert "Fn::ImportValue" not in stack["TemplateBody"]
        assert set(inner.get("Parameters", {})) == set(stack["Parameters"])
        used = {name for name in references(inner) if "::" not in name}
        assert used <= {*inner["Resources"], *inner.get("Parameters", {})}
        assert not any(body["Type"].startswith("AWS::IAM::") for body in inner["Resources"].values())


@given(SITES)
def test_same_input_same_bytes_in_any_order(properties: dict[str, Any]) -> None:
    # What is kept may have been made by another worker, which has expanded other sites before.
    kept = expand(properties)
    # Expanded anew. What is written stays as it is, so that it gives the same again.
    template = in_template(dict(reversed(properties.items())))
    written = json.dumps(template)
    backwards = expand_template(template, {}, "us-east-1")["Resources"]
    assert json.dumps(kept) == json.dumps(backwards)
    assert json.dumps(template) == written
