"""Whether a stack in another Region is what is wanted, after an update of it was rolled back."""

from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from remote_stack import stack
from remote_stack.deploy import NO_UPDATES, Deployment, deploy
from remote_stack.failures import RemoteStackError
from remote_stack.properties import RemoteStack
from remote_stack.waiting import Deadline
from shared.cfn_response.owner import Owner

ROLE = "arn:aws:iam::123456789012:role/stacks"
WANTED = RemoteStack("us-west-2", "{}", (), ())
OWNER = Owner("arn:aws:cloudformation:us-east-1:123456789012:stack/site/guid", "SiteFallbackBucketStack")
DEPLOYMENT = Deployment(WANTED, OWNER, ROLE, "request-1")


class Cloudformation(Mock):
    """A Region with the stack, whose tag says that it is what is wanted, though an update was rolled back."""

    def holds(self, *statuses: str) -> None:
        tags = {**OWNER.tags, stack.DIGEST_TAG: stack.digest(WANTED, ROLE)}
        described: list[Any] = [
            {
                "StackName": DEPLOYMENT.name,
                "StackStatus": status,
                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            }
            for status in statuses
        ]
        self.exceptions.ClientError = ClientError
        self.describe_stacks.side_effect = [{"Stacks": [one]} for one in described]
        self.get_paginator.return_value.paginate.return_value = []

    def deployed(self) -> str:
        patience = Deadline(10, clock=lambda: 0, sleep=lambda _seconds: None)
        return deploy(self, DEPLOYMENT, patience, lambda _id: None).status


@pytest.fixture
def cloudformation() -> Cloudformation:
    return Cloudformation()


def test_tag_of_a_stack_that_was_rolled_back_is_not_trusted(cloudformation: Cloudformation) -> None:
    cloudformation.holds("UPDATE_ROLLBACK_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    assert cloudformation.deployed() == "UPDATE_COMPLETE"
    cloudformation.update_stack.assert_called_once()


def test_stack_that_was_rolled_back_to_what_is_wanted(cloudformation: Cloudformation) -> None:
    reported = {"Error": {"Code": "ValidationError", "Message": f"{NO_UPDATES}."}}
    cloudformation.holds("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    cloudformation.update_stack.side_effect = ClientError(reported, "UpdateStack")  # type: ignore[arg-type]
    assert cloudformation.deployed() == "UPDATE_ROLLBACK_COMPLETE"


def test_update_that_is_rolled_back_again_fails(cloudformation: Cloudformation) -> None:
    cloudformation.holds("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    with pytest.raises(RemoteStackError, match="UPDATE_ROLLBACK_COMPLETE"):
        cloudformation.deployed()


def test_tag_of_a_stack_that_is_complete_is_trusted(cloudformation: Cloudformation) -> None:
    cloudformation.holds("UPDATE_COMPLETE")
    assert cloudformation.deployed() == "UPDATE_COMPLETE"
    cloudformation.update_stack.assert_not_called()
