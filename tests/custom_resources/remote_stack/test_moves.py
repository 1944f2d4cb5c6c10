"""The function of Custom::RemoteStack as a real process: a stack that moves to another Region."""

from tests.custom_resources.remote_stack.requests import created, old, properties, template
from tests.custom_resources.remote_stack.resource import ELSEWHERE, Resource
from tests.custom_resources.remote_stack_process import NEVER


def test_another_region_replaces_and_the_old_one_goes_afterwards(resource: Resource) -> None:
    stack_id = created(resource)
    moved = resource.succeeds("Update", properties(region=ELSEWHERE), **old(stack_id))
    assert moved["PhysicalResourceId"].startswith(f"arn:aws:cloudformation:{ELSEWHERE}:")
    assert list(resource.stacks()) == [stack_id]
    resource.succeeds("Delete", properties(), PhysicalResourceId=stack_id)
    assert resource.stacks() == {}
    assert list(resource.stacks(ELSEWHERE)) == [moved["PhysicalResourceId"]]


def test_move_that_is_late_leaves_nothing_new(resource: Resource) -> None:
    stack_id = created(resource)
    late = properties(region=ELSEWHERE, TemplateBody=template(more=NEVER))
    answer = resource.fails("Update", late, lasts=25, **old(stack_id))
    assert answer["PhysicalResourceId"] == stack_id
    assert resource.stacks(ELSEWHERE) == {}
    assert list(resource.stacks()) == [stack_id]


def test_move_that_is_cancelled_leaves_nothing_new(resource: Resource) -> None:
    stack_id = created(resource)
    resource.is_cut_off("CreateStack", "Update", properties(region=ELSEWHERE), **old(stack_id))
    assert resource.stacks(ELSEWHERE) != {}
    # The stack rolls back: CloudFormation asks for the old Region again, by the id that it knows.
    back = resource.succeeds("Update", properties(), **old(stack_id, region=ELSEWHERE))
    assert back["PhysicalResourceId"] == stack_id
    assert resource.stacks(ELSEWHERE) == {}
