"""Whatever a template has too much of, the macro answers at once, and says what to do about it."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from resilient_website.cloudformation import input_limits
from resilient_website.expand import expand_template
from resilient_website.facts.cloudformation_quotas import MAX_PARAMETERS, MAX_RESOURCES, MAX_TEMPLATE_BYTES
from resilient_website.handler import handler
from resilient_website.problems import MAX_PROBLEMS, InvalidTemplateError
from tests.expansion.broken_sites import places, put
from tests.expansion.expanded import expand
from tests.expansion.macro_requests import event
from tests.expansion.random_sites import SITES, in_template
from tests.hypothesis_profile import examples, scaled
from tools.bench.hostile_templates import HOSTILE, of_site, of_sites, with_output

# Of the processor's time, with room for a busy machine. `make bench` prints how long the slowest one really takes.
SECONDS = 4.0


def answer(fragment: Any, **more: Any) -> dict[str, Any]:
    """Return the macro's answer, which comes at once and is one that CloudFormation takes."""
    started = time.thread_time()
    answered = handler(event(fragment, **more), None)
    took = time.thread_time() - started
    assert took < SECONDS
    assert answered["status"] in ("success", "failure")
    if answered["status"] == "failure":
        assert 0 < len(answered["errorMessage"]) < 4096
        assert "Its log has the details" not in answered["errorMessage"], answered["errorMessage"]
    return answered


@pytest.mark.parametrize("name", HOSTILE)
def test_answer_comes_at_once(name: str) -> None:
    answer(HOSTILE[name]())


COUNTS = (10, 1_000, 10_000)
GROWN: tuple[Callable[[int], Any], ...] = (
    lambda count: "/a" * 10 * count,
    lambda count: "a@" + "b." * 10 * count,
    lambda count: "a," * 10 * count,
    lambda count: "${Site} ${A} " * count,
    lambda count: ["x"] * count,
    lambda count: [{}] * count,
    lambda count: [{"Ref": "Site"}] * count,
    lambda count: {f"k{number}": number for number in range(count)},
    lambda count: {"Fn::Join": ["", ["x"] * count]},
    lambda count: {"Fn::Sub": ["${Site.Url}" * count, {f"v{number}": "" for number in range(count)}]},
    lambda count: {"Fn::If": ["Live", "x" * 20 * count, {"Ref": "AWS::NoValue"}]},
)


# Without shrinking: each step of it takes as long as what it found.
@given(SITES, st.data())
@settings(max_examples=scaled(30), phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
def test_site_that_has_grown_anywhere(properties: dict[str, Any], data: st.DataObject) -> None:
    whole = {"Network": {}, "WebServers": {}, "Overrides": {"Vpc": {}}, **properties}
    where = data.draw(st.sampled_from(sorted(places(whole), key=str)))
    kind, count = data.draw(st.integers(0, len(GROWN) - 1)), data.draw(st.sampled_from(COUNTS))
    answer(in_template(put(whole, where, GROWN[kind](count))))


@given(SITES)
@examples(60)
def test_no_site_is_smaller_than_the_smallest(properties: dict[str, Any]) -> None:
    """So the count of sites, and the size of what each resource gets, refuse only what CloudFormation refuses too."""
    assert len(expand(properties)) >= input_limits.MIN_SITE_RESOURCES


def test_site_with_everything_switched_off_is_not_smaller_than_the_smallest() -> None:
    subnets = ["subnet-0123456789abcdea1", "subnet-0123456789abcdea2"]
    bare = {
        "Database": False,
        "Cache": False,
        "Network": {"VpcId": "vpc-0123456789abcdef0", "PublicSubnetIds": subnets},
        "Monitoring": {"Dashboard": False},
        "Security": {"OriginSecretRotationDays": 0},
        "Delivery": {"SecurityHeaders": False},
        "WebServers": {"CloudWatchAgent": False, "Drain": False},
        "UpdateProtection": False,
    }
    made = expand_template(in_template(bare), {}, "us-east-1")["Resources"]
    assert input_limits.MIN_SITE_RESOURCES <= len(made) < 2 * input_limits.MIN_SITE_RESOURCES


def refusals(fragment: Any) -> dict[str, tuple[str, str]]:
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(fragment, {}, "us-east-1")
    return {problem.path: (problem.found, problem.fix) for problem in refused.value.problems}


def _topics(count: int) -> dict[str, Any]:
    return {"Resources": {f"Topic{number}": {"Type": "AWS::SNS::Topic"} for number in range(count)}}


def _parameters(count: int) -> dict[str, Any]:
    return {**of_site(), "Parameters": {f"P{number}": {"Type": "String"} for number in range(count)}}


@pytest.mark.parametrize(
    ("fragment", "path", "found"),
    [
        (_topics(1001), "Resources", "the template has 1001 resources; CloudFormation allows 500"),
        (_topics(501), "Resources", "the expanded template has 501 resources; CloudFormation allows 500"),
        (_parameters(201), "Parameters", "the template has 201 parameters; CloudFormation allows 200"),
        (of_sites(17), "Resources", "found 17 sites with at least 30 resources each; CloudFormation allows 500"),
        (with_output("x" * 1_000_000), "(template)", "the template has 1000099 bytes; CloudFormation allows 1000000"),
        (with_output([1] * 100_000), "(template)", "the template has more than 100000 values"),
        (of_site({"Tags": "x" * 40_000}), "Resources.Site.Properties.Tags", "found 40002 bytes, which would be copied"),
        (
            of_site({"Overrides": {str(number): {} for number in range(1_001)}}),
            "Resources.Site.Properties.Overrides",
            "found a map of 1001 entries",
        ),
        (
            of_site({"Fallback": {"Title": {"Fn::Join": ["", ["x"] * 1_000]}}}),
            "Resources.Site.Properties.Fallback.Title",
            "found a function with more than 1000 values",
        ),
    ],
    ids=range(9),
)
def test_what_is_too_much_is_said_with_its_place(fragment: Any, path: str, found: str) -> None:
    reported = refusals(fragment)
    assert reported[path][0].startswith(found)
    assert reported[path][1]


@pytest.mark.parametrize("fragment", [_topics(500), _parameters(200), with_output([1] * 99_000)], ids=range(3))
def test_what_is_just_within_the_limits_is_expanded(fragment: Any) -> None:
    expand_template(fragment, {}, "us-east-1")


def test_levels_are_counted() -> None:
    def deep(levels: int) -> Any:
        value: Any = "x"
        for _ in range(levels):
            value = [value]
        return with_output(value)

    # The template, Outputs, the output and its value are on four levels.
    expand_template(deep(96), {}, "us-east-1")
    assert "the macro reads at most 100 levels" in refusals(deep(97))["(template)"][0]


def test_search_for_problems_ends() -> None:
    reported = refusals(of_site({f"Unknown{number}": 1 for number in range(500)}))
    assert len(reported) == MAX_PROBLEMS + 1
    assert reported["(template)"] == ("found 100 problems, and stopped looking", "fix these first")


def test_value_of_a_parameter_is_bounded_and_not_quoted() -> None:
    declared = {**of_site({"DomainName": {"Ref": "Name"}}), "Parameters": {"Name": {"Type": "String"}}}
    reported = answer(declared, templateParameterValues={"Name": "hunter2" * 2_000})["errorMessage"]
    assert reported.startswith("Parameters.Name: has a value of 14002 bytes; CloudFormation allows 8192")
    assert "hunter2" not in reported


def test_characters_that_are_in_no_utf_8() -> None:
    answered = answer(of_site({"Fallback": {"Title": "\ud800"}, "WebServers": {"UserData": "\ud800"}}))
    assert answered["status"] == "success"


@pytest.mark.parametrize("path", ["/@@0@@", "/@@7@@", "/@@@", "/@@@@1@@@@", "/a@b"])
def test_path_of_saved_pages_is_taken_as_it_is(path: str) -> None:
    named = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
    fragment = in_template({**named, "Fallback": {"Source": {"Crawl": {"Paths": [path]}}}})
    made = expand_template(fragment, {}, "us-east-1")["Resources"]
    (rule,) = (body for name, body in made.items() if name.endswith("SavedSiteSchedule"))
    assert path in json.dumps(rule)


def test_most_of_cloudformation_is_what_its_quotas_say() -> None:
    assert (MAX_RESOURCES, MAX_PARAMETERS, MAX_TEMPLATE_BYTES) == (500, 200, 1_000_000)
