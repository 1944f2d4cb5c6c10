"""What CloudFormation would refuse for its size is refused by the expansion, with the number and what to do."""

from pathlib import Path
from typing import Any

import pytest

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.cloudformation import limits
from resilient_website.expand import expand_template
from resilient_website.facts.cloudformation_quotas import MAX_DYNAMIC_REFERENCES, MAX_OUTPUTS, MAX_RESOURCES
from resilient_website.problems import InvalidTemplateError

SITE = {"Type": "ResilientWebsite"}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {}}
MADE = expand_template({"Resources": {"Site": SITE}}, {}, "us-east-1")["Resources"]
RESOURCES_OF_SITE = len(MADE)
# Of the functions that all sites of a template share.
SHARED = sum(not name.startswith("Site") for name in MADE)


def refused(template: dict[str, Any]) -> list[str]:
    """Return the problems of a template; none if it expands."""
    try:
        expand_template(template, {}, "us-east-1")
    except InvalidTemplateError as error:
        return [str(problem) for problem in error.problems]
    return []


def site_and(count: int, resource: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a template with a site and a number of other resources."""
    return {"Resources": {"Site": SITE, **{f"Other{number}": resource or TOPIC for number in range(count)}}}


def with_references(count: int) -> dict[str, Any]:
    """Return a template with a site and a number of dynamic references of its author's own."""
    value = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "{{resolve:ssm:name:1}}"}}
    return site_and(count, value)


def with_outputs(count: int) -> dict[str, Any]:
    return {
        "Resources": {"Site": SITE},
        "Outputs": {f"Url{number}": {"Value": {"Ref": "Site"}} for number in range(count)},
    }


def with_text(text: str, count: int) -> dict[str, Any]:
    template = site_and(count, {**TOPIC, "Metadata": {"Text": text}})
    assert len(template["Resources"]) + RESOURCES_OF_SITE < MAX_RESOURCES
    return template


def test_resources_of_several_sites_are_counted_together() -> None:
    sites = -(-(MAX_RESOURCES + 1 - SHARED) // (RESOURCES_OF_SITE - SHARED))
    template = {"Resources": {f"Site{number}": SITE for number in range(sites)}}
    (problem,) = refused(template)
    made = sites * (RESOURCES_OF_SITE - SHARED) + SHARED
    found = f"the expanded template has {made} resources; CloudFormation allows 500"
    assert problem == f"Resources: {found}; move some of the resources, or one of the sites, to a separate stack"
    assert refused({"Resources": dict(list(template["Resources"].items())[1:])}) == []


@pytest.mark.parametrize(
    ("at_most", "above", "reported"),
    [
        (
            site_and(MAX_RESOURCES - RESOURCES_OF_SITE),
            site_and(MAX_RESOURCES - RESOURCES_OF_SITE + 1),
            "Resources: the expanded template has 501 resources; CloudFormation allows 500",
        ),
        (
            with_outputs(MAX_OUTPUTS),
            with_outputs(MAX_OUTPUTS + 1),
            "Outputs: the expanded template has 201 outputs; CloudFormation allows 200",
        ),
    ],
    ids=["resources", "outputs"],
)
def test_limit_itself_is_allowed_and_one_more_is_not(at_most: Any, above: Any, reported: str) -> None:
    assert refused(at_most) == []
    (problem,) = refused(above)
    assert problem.startswith(reported)


def test_dynamic_references_of_the_whole_template_count() -> None:
    of_site = str(expand_template({"Resources": {"Site": SITE}}, {}, "us-east-1")).count("{{resolve:")
    assert of_site > 0
    assert refused(with_references(MAX_DYNAMIC_REFERENCES - of_site)) == []
    (problem,) = refused(with_references(MAX_DYNAMIC_REFERENCES - of_site + 1))
    assert "61 dynamic references; CloudFormation allows 60" in problem


def test_size_is_that_of_the_text_in_utf8() -> None:
    assert refused(with_text("x" * 9_000, 100)) == []
    for length, reported in ((9_800, "the expanded template has 1"), (10_000, "the template has 1")):
        (problem,) = refused(with_text("x" * length, 100))
        assert problem.startswith(f"(template): {reported}")
        assert "bytes; CloudFormation allows 1000000" in problem
    # Two bytes in UTF-8; six as JSON's escape, which CloudFormation never sees.
    assert refused(with_text("é" * 4_500, 100)) == []


def test_all_limits_are_reported_at_once() -> None:
    references = MAX_RESOURCES - RESOURCES_OF_SITE + SHARED
    template = {**with_references(references), "Outputs": with_outputs(201)["Outputs"]}
    assert [problem.partition(":")[0] for problem in refused(template)] == ["Resources", "Outputs", "Resources"]


def test_largest_example_is_far_from_the_limits(example: Path) -> None:
    template = read_template(example)
    expanded = expand_template(template, parameter_values(template, {}), "us-east-1")
    assert limits.check(expanded) == []
    sites = sum(body["Type"] == "ResilientWebsite" for body in template["Resources"].values())
    assert len(expanded["Resources"]) < sites * MAX_RESOURCES / 2
