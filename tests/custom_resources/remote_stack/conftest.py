"""What the tests of the function of Custom::RemoteStack share: an AWS that fails, and a resource."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.custom_resources.faulty_aws import FaultyAws
from tests.custom_resources.remote_stack.resource import ACCOUNT, ELSEWHERE, THERE, Resource
from tools.emulator.endpoint import Emulator


# One for all files: the role is made once in the account.
@pytest.fixture(scope="session")
def aws(emulator: Emulator) -> Iterator[FaultyAws]:
    role = {"Version": "2012-10-17", "Statement": []}
    emulator.client("iam", ACCOUNT).create_role(RoleName="stacks", AssumeRolePolicyDocument=json.dumps(role))
    with FaultyAws(emulator) as faulty:
        yield faulty


@pytest.fixture
def resource(emulator: Emulator, aws: FaultyAws, tmp_path: Path) -> Iterator[Resource]:
    made = Resource(emulator, aws, tmp_path)
    yield made
    aws.errors.clear()
    aws.cut = ""
    for region in (THERE, ELSEWHERE):
        for stack_id in made.stacks(region):
            made.client("cloudformation", region).delete_stack(StackName=stack_id)
