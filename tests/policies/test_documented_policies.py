"""The policies in docs/operations.md: their actions exist, on resources and conditions that they have."""

import json
import re

import pytest

from tests.cli.documented_policies import PAGE
from tests.policies.documents import Document
from tests.policies.judges import Finding, judged

# Reading is allowed on all resources; what an action "needs besides" is needed in the Console only.
EXPECTED = {"RESOURCE_STAR", "missing dependent action"}
POLICIES = dict(re.findall(r"<!-- policy: (\w+) -->\n```json\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    """Return what is found in all policies at once: to start the judges takes nearly a second."""
    policies = {command: json.loads(text) for command, text in POLICIES.items()}
    return judged(Document(command, True, policy, policy) for command, policy in policies.items())


@pytest.mark.parametrize("command", POLICIES)
def test_policy_is_one_that_iam_understands(command: str, findings: list[Finding]) -> None:
    assert [each for each in findings if each.holder == command and each.issue not in EXPECTED] == []


def test_what_writes_is_on_the_stack_and_the_bucket_only() -> None:
    assert len(POLICIES) > 3
    writing = re.compile(r":(Create|Delete|Execute|Put|Start|Terminate)")
    for policy in map(json.loads, POLICIES.values()):
        for statement in policy["Statement"]:
            assert statement["Resource"] != "*" or not any(map(writing.search, statement["Action"]))
