"""The function of Custom::RemoteStack as a real process, whose stacks fail or are late: the answer says why."""

from tests.custom_resources.remote_stack.requests import created, old, properties, template
from tests.custom_resources.remote_stack.resource import THERE, Resource
from tests.custom_resources.remote_stack_process import NEVER, NOBODY


def test_late_stack_is_reported_and_can_be_deleted(resource: Resource) -> None:
    late = properties(TemplateBody=template(more=NEVER))
    answer = resource.fails("Create", late, lasts=25)
    assert f"{THERE}: " in answer["Reason"]
    assert "still CREATE_IN_PROGRESS" in answer["Reason"]
    assert answer["PhysicalResourceId"] in resource.stacks()
    resource.succeeds("Delete", late, PhysicalResourceId=answer["PhysicalResourceId"])
    assert resource.stacks() == {}


def test_stack_that_fails_tells_its_first_failure_and_leaves_nothing(resource: Resource) -> None:
    broken = properties(TemplateBody=template(more={"Nobody": NOBODY}))
    answer = resource.fails("Create", broken)
    assert answer["Reason"].startswith(f"{THERE}: CREATE_FAILED: Nobody: ")
    assert resource.stacks() == {}
    resource.succeeds("Delete", broken, PhysicalResourceId=answer["PhysicalResourceId"])


def test_update_that_fails_leaves_what_was(resource: Resource) -> None:
    stack_id = created(resource)
    broken = properties("two", TemplateBody=template("two", {"Nobody": NOBODY}))
    answer = resource.fails("Update", broken, **old(stack_id))
    assert answer["PhysicalResourceId"] == stack_id
    assert answer["Reason"].startswith(f"{THERE}: UPDATE_ROLLBACK_COMPLETE: Nobody: ")
    # CloudFormation then asks for what was before.
    back = {"PhysicalResourceId": stack_id, "OldResourceProperties": broken}
    assert resource.succeeds("Update", properties(), **back)["Data"]["Word"] == "one"
    assert list(resource.stacks()) == [stack_id]
