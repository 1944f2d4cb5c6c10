"""The function of Custom::RemoteStack as a real process that is ended half way: safe to repeat."""

from tests.custom_resources.remote_stack.requests import created, old, properties
from tests.custom_resources.remote_stack.resource import Resource


def test_killed_while_creating(resource: Resource) -> None:
    resource.is_cut_off("CreateStack", "Create", properties())
    made = resource.succeeds("Create", properties())
    assert resource.stacks() == {made["PhysicalResourceId"]: "CREATE_COMPLETE"}
    assert made["Data"]["Word"] == "one"


def test_killed_while_updating(resource: Resource) -> None:
    stack_id = created(resource)
    resource.is_cut_off("UpdateStack", "Update", properties("two"), **old(stack_id))
    updated = resource.succeeds("Update", properties("two"), **old(stack_id))
    assert updated["Data"]["Word"] == "two"


def test_killed_while_deleting(resource: Resource) -> None:
    stack_id = created(resource)
    resource.is_cut_off("DeleteStack", "Delete", properties(), **old(stack_id))
    resource.succeeds("Delete", properties(), **old(stack_id))
    assert resource.stacks() == {}


def test_creation_cancelled_is_found_by_its_name(resource: Resource) -> None:
    resource.is_cut_off("CreateStack", "Create", properties())
    resource.succeeds("Delete", properties(), PhysicalResourceId="site_SiteFallbackBucketStack_ABCDEFGH")
    assert resource.stacks() == {}
