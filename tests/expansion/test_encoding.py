"""Resources are written as JSON in one pass, as troposphere itself writes them, and with its checks."""

import json
from pathlib import Path

import pytest
from troposphere import Ref, Sub, Tags, ec2, encode_to_dict

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website import site
from resilient_website.cloudformation.encoding import encoded
from resilient_website.context import Context
from resilient_website.read_template import read_sites


def test_resources_are_written_as_troposphere_writes_them(example: Path) -> None:
    template = read_template(example)
    for name, spec in read_sites(template, parameter_values(template, {}), "us-east-1").items():
        for resource in site.build(Context(name, "us-east-1", spec.version, spec.security.roles), spec).resources:
            assert json.dumps(encoded(resource)) == json.dumps(encode_to_dict(resource.to_dict()))


def test_values_are_written_as_they_are() -> None:
    value = {"a": (1, True, None, "b", 1.5), "c": [Ref("D"), {"e": Sub("${F}", {"F": Ref("G")})}], "h": Tags(i="j")}
    assert encoded(value) == encode_to_dict(value)


@pytest.mark.parametrize(
    "incomplete", [ec2.SubnetRouteTableAssociation("A", SubnetId="b"), ec2.Route("A", RouteTableId="b")]
)
def test_resource_that_is_incomplete_is_refused(incomplete: object) -> None:
    with pytest.raises(ValueError, match=r"required|must be|one of"):
        encoded(incomplete)
    with pytest.raises(ValueError, match=r"required|must be|one of"):
        encoded({"within": [incomplete]})
