"""Overrides decide what a site's resources are, so that a function in their place is refused, and breaks nothing."""

from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Given"},
        {"Ref": []},
        {"Fn::If": ["Large", {"Vpc": {}}, {}]},
        {"Fn::FindInMap": ["Sizes", "a", "b"]},
        {"Fn::Transform": {"Name": "AWS::Include"}},
        {"Fn::Sub": ["${a}", {"a": "b"}]},
    ],
)
def test_function_is_refused(value: Any) -> None:
    template = {
        "Parameters": {"Given": {"Type": "String"}},
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": {"Overrides": value}}},
    }
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(template, {"Given": "x"}, "us-east-1")
    assert any("Site.Properties.Overrides" in problem.path for problem in refused.value.problems)
