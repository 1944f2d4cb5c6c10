"""The policies in docs/operations.md: their actions exist, on resources and conditions that they have."""

import json
import re

import pytest

from tests.cli.documented_policies import PAGE
from tests.policies.documents import Document
from tests.policies.judges import judged

# Reading is allowed on all resources; what an action "needs besides" is needed in the Console only.
EXPECTED = {"RESOURCE_STAR", "missing dependent action"}
POLICIES = dict(re.findall(r"<!-- policy: (\w+) -->\n```json\n(.*?)```", PAGE, re.DOTALL))


@pytest.mark.parametrize("command", POLICIES)
def test_policy_is_one_that_iam_understands(command: str) -> None:
    policy = json.loads(POLICIES[command])
    found = judged([Document(command, True, policy, policy)])
    assert [each for each in found if each.issue not in EXPECTED] == []


def test_what_writes_is_on_the_stack_and_the_bucket_only() -> None:
    assert len(POLICIES) > 3
    writing = re.compile(r":(Create|Delete|Execute|Put|Start|Terminate)")
    for policy in map(json.loads, POLICIES.values()):
        for statement in policy["Statement"]:
            assert statement["Resource"] != "*" or not any(map(writing.search, statement["Action"]))
