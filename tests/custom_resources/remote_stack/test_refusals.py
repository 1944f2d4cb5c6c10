"""The function of Custom::RemoteStack as a real process: properties and outputs that it refuses."""

from tests.custom_resources.remote_stack.requests import properties, template
from tests.custom_resources.remote_stack.resource import HERE, Resource


def test_every_problem_at_once(resource: Resource) -> None:
    answer = resource.fails("Create", {"Region": HERE, "TemplateBody": "{}", "Regoin": "x"})
    for part in ("TemplateBody", "JSON", f"Region: found '{HERE}'; that is the stack's own"):
        assert part in answer["Reason"]
    resource.succeeds("Delete", {"Region": "nowhere"}, PhysicalResourceId=answer["PhysicalResourceId"])


def test_outputs_that_do_not_fit_are_refused(resource: Resource) -> None:
    outputs = {f"Long{number}": {"Value": "x" * 1000} for number in range(4)}
    answer = resource.fails("Create", properties(TemplateBody=template(outputs=outputs)))
    assert "the stack's outputs have" in answer["Reason"]
    assert answer["PhysicalResourceId"] in resource.stacks()
