"""Resource types added to the emulator: created, changed, replaced, deleted, and seen by their service's API."""

from itertools import count

import pytest

from tests.emulated_resources import cloudfront, cloudwatch, ec2, logs, operations, route53, secretsmanager
from tests.emulated_resources.case import ACCOUNT, Case
from tests.emulated_resources.cloudfront import vpc_origin
from tests.emulated_resources.operations import budget, protection
from tests.emulated_resources.secretsmanager import rotation
from tests.emulated_stacks import made
from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Stacks

_numbers = count()

CASES = [
    *route53.CASES,
    *ec2.CASES,
    *secretsmanager.CASES,
    *cloudfront.CASES,
    *cloudwatch.CASES,
    *logs.CASES,
    *operations.CASES,
]


@pytest.fixture(scope="module")
def stacks(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.type)
def test_created_changed_replaced_deleted(stacks: Stacks, case: Case) -> None:
    name = f"case-{next(_numbers)}"
    seen = case.seen or (lambda _client, _id: True)
    client = stacks.session.client

    created = made(stacks, name, case.template({}))
    first = created["Ids"]["It"]
    assert created["Values"]["Ref"] == first
    assert all(created["Values"].values()), created["Values"]
    assert (before := seen(client, first))

    if case.changed:
        changed = stacks.update(name, case.template(case.changed))
        assert changed["StackStatus"] == "UPDATE_COMPLETE", changed["Reasons"]
        assert changed["Ids"]["It"] == first
        assert set(changed["Values"]) == set(created["Values"])
        assert seen(client, first)
        if "Tags" not in case.changed and case.seen not in (None, rotation, vpc_origin, budget):
            assert seen(client, first) != before or case.type.endswith("ServerlessCache")
    if case.replaced:
        replaced = stacks.update(name, case.template(case.replaced))
        assert replaced["StackStatus"] == "UPDATE_COMPLETE", replaced["Reasons"]
        second = replaced["Ids"]["It"]
        assert second != first
        assert seen(client, second)
        assert case.seen is None or not seen(client, first)
        first = second

    assert stacks.delete(name)["StackStatus"] == "DELETE_COMPLETE"
    assert case.seen in (None, protection) or not seen(client, first)
