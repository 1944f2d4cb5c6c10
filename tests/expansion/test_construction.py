"""troposphere's objects are made as troposphere itself makes them, with its checks, in less time."""

import importlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import AWSObject, AWSProperty, Ref, Sub, Tags, Template, ec2, s3

import resilient_website.site  # noqa: F401  # which has all objects made so
from resilient_website.cloudformation.construction import ATTRIBUTES, TROPOSPHERES_OWN, construct
from tests.hypothesis_profile import examples

MODULES = (
    "autoscaling",
    "batch",
    "cloudfront",
    "dynamodb",
    "ec2",
    "ecs",
    "elasticloadbalancingv2",
    "iam",
    "rds",
    "s3",
    "wafv2",
)
CLASSES: list[Any] = [
    kind
    for module in MODULES
    for kind in vars(importlib.import_module(f"troposphere.{module}")).values()
    if isinstance(kind, type) and issubclass(kind, (AWSObject, AWSProperty)) and getattr(kind, "props", None)
]
VALUES: list[Any] = ["", "a", 1, True, 1.5, None, [], ["a"], [1, "a"], {}, {"a": 1}, Ref("A"), [Ref("A")], Sub("${A}")]
VALUES += [Tags(a="b"), [Tags(a="b")], ec2.Tag("a", "b")]


def state(make: Any, kind: Any, *arguments: Any, **properties: Any) -> Any:
    """Return all that an object of a class holds, or why it can't be made."""
    made = kind.__new__(kind)
    try:
        make(made, *arguments, **properties)
    except (TypeError, ValueError, AttributeError) as error:
        return type(error), str(error)
    return vars(made)


@st.composite
def objects(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
    """Draw a class, and properties of an object of it, of which some have values that they can't have."""
    kind = draw(st.sampled_from(CLASSES))
    names = draw(st.lists(st.sampled_from([*sorted(kind.props), *ATTRIBUTES, "Unknown"]), unique=True, max_size=5))
    properties = {}
    for name in names:
        values = _values(kind.props.get(name, (str,))[0])
        # By its number: hypothesis hashes what it draws from, and not every object of troposphere's has a hash.
        properties[name] = values[draw(st.integers(0, len(values) - 1))]
    return kind, properties


def _values(expected: Any) -> list[Any]:
    """Return values of a property: of its class, if it is one of troposphere's, and others."""
    kinds = expected if isinstance(expected, list) else [expected]
    right = [kind() for kind in kinds if isinstance(kind, type) and issubclass(kind, AWSProperty)]
    return [*right, *([each] for each in right), *VALUES]


@given(objects(), st.sampled_from([None, "", "Title", "not alphanumeric"]), st.booleans())
@examples(500)
def test_objects_are_those_of_troposphere(
    drawn: tuple[Any, dict[str, Any]], title: str | None, validation: bool
) -> None:
    kind, properties = drawn
    made = state(construct, kind, title, validation=validation, **properties)
    assert made == state(TROPOSPHERES_OWN, kind, title, validation=validation, **properties)


def test_properties_that_a_class_presets_are_preset() -> None:
    preset = type(
        "Preset", (ec2.VPC,), {"props": {**ec2.VPC.props, "CidrBlock": (str, False)}, "CidrBlock": "10.0.0.0/8"}
    )
    made = state(construct, preset, "A")
    assert made == state(TROPOSPHERES_OWN, preset, "A")
    assert made["properties"] == {"CidrBlock": "10.0.0.0/8"}


def test_a_property_named_as_an_attribute_is_the_attribute() -> None:
    clashes = [(kind, name) for kind in CLASSES for name in sorted(kind.props.keys() & set(ATTRIBUTES))]
    assert clashes
    for kind, name in clashes:
        # A function's result, which any property takes.
        given = {name: Ref("A")}
        assert state(construct, kind, **given) == state(TROPOSPHERES_OWN, kind, None, **given)


def test_objects_are_put_into_their_template() -> None:
    template = Template()
    made = ec2.VPC("A", template, CidrBlock="10.0.0.0/16")
    assert template.resources == {"A": made}


@pytest.mark.parametrize("kind", [ec2.VPC, s3.BucketEncryption])
def test_all_objects_are_made_so(kind: Any) -> None:
    """Otherwise the expansion takes half as long again, and nothing else is wrong."""
    assert kind.__init__ is construct
