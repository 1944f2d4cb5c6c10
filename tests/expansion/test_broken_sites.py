"""Sites that are broken in every way: never an exception, and every refusal leads to its own repair."""

import copy
import json
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilient_website.expand import expand_template
from resilient_website.handler import handler
from resilient_website.problems import InvalidTemplateError
from tests.expansion.broken_sites import JSON, broken, places
from tests.expansion.macro_requests import event
from tests.expansion.random_sites import SITES, in_template
from tests.hypothesis_profile import examples

SECONDS = 1.0


def ask(fragment: Any, **more: Any) -> dict[str, Any]:
    """Return the macro's answer, which has to come at once and to be one that CloudFormation takes."""
    started = time.thread_time()
    answer = handler(event(fragment, **more), None)
    if time.thread_time() - started >= SECONDS:
        # It may have been the collector's turn, with all that the tests have left in memory.
        started = time.thread_time()
        assert handler(event(fragment, **more), None) == answer
        assert time.thread_time() - started < SECONDS
    assert answer["requestId"] == "r-1"
    assert answer["status"] in ("success", "failure")
    json.dumps(answer)
    if answer["status"] == "failure":
        assert 0 < len(answer["errorMessage"]) < 4096
        assert "Its log has the details" not in answer["errorMessage"], answer["errorMessage"]
    return answer


@given(broken())
def test_broken_site_is_refused_with_paths_or_expanded(properties: dict[str, Any]) -> None:
    try:
        expand_template(in_template(properties), {}, "us-east-1")
    except InvalidTemplateError as error:
        for problem in error.problems:
            assert problem.found
            assert problem.fix
            if problem.path.startswith("Resources.Site.Properties."):
                _assert_path_leads_somewhere(problem.path, properties)
    ask(in_template(properties))


def _assert_path_leads_somewhere(path: str, properties: Any) -> None:
    """Assert that all of a path but its last name, which may be what is missing, is in the input."""
    names = path.removeprefix("Resources.Site.Properties.")
    value = properties
    while isinstance(value, dict | list) and names:
        keys = [str(key) for key in value] if isinstance(value, dict) else [f"[{n}]" for n in range(len(value))]
        fitting = [key for key in keys if names == key or names.startswith((f"{key}.", f"{key}["))]
        known = max(fitting, key=len, default="")
        if not known:
            break
        names = names.removeprefix(known).removeprefix(".")
        value = value[known] if isinstance(value, dict) else value[int(known[1:-1])]
    assert "." not in names, f"{path} is not in {properties}"


@given(SITES, st.data())
@examples(60)
def test_misspelt_name_is_repaired_by_what_is_proposed(properties: dict[str, Any], data: st.DataObject) -> None:
    whole = {"Network": {"CidrBlock": "10.0.0.0/16"}, **properties}
    named = [place for place in places(whole) if len(place) < 3 and isinstance(place[-1], str) and len(place[-1]) > 5]
    where = data.draw(st.sampled_from(sorted(named, key=str)))
    value = whole
    for key in where:
        value = value[key]  # type: ignore[index]
    name = str(where[-1])
    swapped = name[:-3] + name[-2] + name[-3] + name[-1]
    without = copy.deepcopy(whole)
    holder: Any = without
    for key in where[:-1]:
        holder = holder[key]
    del holder[name]
    if swapped == name or swapped in holder or where[0] in ("Tags",):
        return
    holder[swapped] = value
    answer = ask(in_template(without))
    assert answer["status"] == "failure"
    proposals = re.findall(r"did you mean (\w+)\?", answer["errorMessage"])
    assert name in proposals, answer["errorMessage"]


@given(JSON)
def test_any_json_as_the_template(fragment: Any) -> None:
    ask(fragment)


@given(JSON, JSON, JSON)
def test_any_json_around_a_site(conditions: Any, outputs: Any, attributes: Any) -> None:
    site = {"Type": "ResilientWebsite", **(attributes if isinstance(attributes, dict) else {"DependsOn": attributes})}
    ask({"Conditions": conditions, "Outputs": outputs, "Resources": {"Site": site}})


@given(
    st.dictionaries(st.sampled_from(["fragment", "region", "transformId", "templateParameterValues", "params"]), JSON)
)
def test_any_json_in_the_event(changes: dict[str, Any]) -> None:
    ask(changes.pop("fragment", in_template({})), **changes)


@pytest.mark.parametrize("items", [[{"Ref": "Missing"}, None], [None, {"Ref": "Missing"}], [{"Ref": "Missing"}, 7, {}]])
def test_list_with_an_item_that_nobody_knows(items: list[Any]) -> None:
    named = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
    answer = ask(in_template({**named, "AlternateDomainNames": items}))
    assert f"AlternateDomainNames[{items.index({'Ref': 'Missing'})}]" in answer["errorMessage"]


MEANINGLESS: tuple[Any, ...] = (
    [],
    {},
    7,
    None,
    True,
    "",
    "x",
    ["x"],
    [7, 8],
    [{}, {}],
    ["${x}", 7],
    {"Ref": []},
    {"Fn::GetAtt": []},
)


@pytest.mark.parametrize("function", ["Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Base64", "Fn::Join", "Fn::If"])
@pytest.mark.parametrize("argument", MEANINGLESS, ids=str)
def test_calls_that_make_no_sense(function: str, argument: Any) -> None:
    call = {function: argument}
    for properties in (
        {"WebServers": {"UserData": call}},
        {"WebServers": {"Drain": {"Script": {"Fn::Base64": call}}}},
        {"Database": {"KmsKeyId": call}, "Fallback": {"Title": call}},
        {"Overrides": {"Vpc": {"Tags": call}}},
        call,
    ):
        ask(in_template(properties))
    beside = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": call}, "DependsOn": argument}}
    ask({"Resources": {**in_template({})["Resources"], **beside}, "Outputs": {"Url": {"Value": call}}})
    site = {**in_template({})["Resources"]["Site"], "DependsOn": argument, "Metadata": call}
    ask({"Resources": {"Site": site}, "Conditions": {"Live": call}})


def test_huge_and_deep_templates_are_answered_at_once() -> None:
    deep: Any = "leaf"
    for _ in range(900):
        deep = {"Fn::Join": ["", [deep]]}
    ask({**in_template({}), "Outputs": {"Deep": {"Value": deep}}})
    topics = {f"Topic{n}": {"Type": "AWS::SNS::Topic"} for n in range(4000)}
    answer = ask({"Resources": {**topics, **in_template({})["Resources"]}})
    assert "CloudFormation allows 500" in answer["errorMessage"]
    answer = ask(in_template({"Overrides": {"Vpc": {"Tags": [{"Key": "k", "Value": "v" * 1_100_000}]}}}))
    assert "CloudFormation allows 1000000" in answer["errorMessage"]
