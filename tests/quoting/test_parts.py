"""A value's parts, put together again, are what CloudFormation makes of the value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import GenericHelperFn

from resilient_website.quoting.parts import Unknown, has_dynamic_reference, parts
from tests.quoting.cloudformation import resolved

GIVEN = {"Name": "n${Name}", "Name.Arn": "an arn", "AWS::Region": "r"}
TEXTS = st.lists(
    st.sampled_from(["${Name}", "${Name.Arn}", "${!Name}", "${AWS::Region}", "${Own}", "a", "$", " "])
).map("".join)
CALLS = st.recursive(
    st.sampled_from([{"Ref": "Name"}, {"Fn::GetAtt": ["Name", "Arn"]}])
    | TEXTS.map(lambda text: {"Fn::Sub": [text, {"Own": "x"}]}),
    lambda inner: st.lists(inner | TEXTS, max_size=4).map(lambda items: {"Fn::Join": ["-", items]}),
)


@given(CALLS)
def test_parts_make_the_value(call: dict[str, Any]) -> None:
    found = parts(GenericHelperFn(call))
    made = [resolved(part.call, GIVEN) if isinstance(part, Unknown) else part for part in found]
    assert "".join(made) == resolved(call, GIVEN)
    assert "" not in found


@given(TEXTS)
def test_literal_is_known(text: str) -> None:
    assert parts(text) == ([text] if text else [])


@pytest.mark.parametrize(
    "value",
    [
        "a {{resolve:ssm:/b}}",
        GenericHelperFn({"Fn::Sub": "{{resolve:ssm:/${Stage}}}"}),
        GenericHelperFn({"Fn::Join": ["", ["{{resolve:ssm:/", {"Ref": "Stage"}, "}}"]]}),
    ],
)
def test_dynamic_reference_is_one_unknown_part(value: Any) -> None:
    assert has_dynamic_reference(value)
    (part,) = parts(value)
    assert isinstance(part, Unknown)
