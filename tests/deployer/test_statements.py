"""Statements, and how they are divided into documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.deployer_policy.statements import (
    Json,
    Statement,
    allowed,
    document,
    documents,
    length,
    without_covered,
)
from resilient_website.facts.iam_quotas import MAX_INLINE_POLICIES_LENGTH, MAX_MANAGED_POLICY_LENGTH
from tests.deployer.authorization import all_actions

# One draw for each name, of 8 to 71 characters: texts of random letters take ten times as long as what is tested.
NAMES = st.lists(st.sampled_from(all_actions()), min_size=1, max_size=120)
ARNS = st.lists(st.integers(3, 60).map(lambda size: f"arn:aws:s3:::{'b' * size}"), min_size=1, max_size=6)
STATEMENTS = st.lists(st.builds(lambda names, arns: allowed("All", names, arns)[0], NAMES, ARNS), max_size=8)


def pairs(policies: list[Json]) -> list[tuple[str, str]]:
    statements = [statement for policy in policies for statement in policy["Statement"]]
    return sorted((action, where) for each in statements for action in each["Action"] for where in each["Resource"])


@given(STATEMENTS, st.sampled_from([1500, MAX_MANAGED_POLICY_LENGTH, MAX_INLINE_POLICIES_LENGTH]))
def test_documents_allow_the_same_and_none_is_too_long(statements: list[Statement], longest: int) -> None:
    divided = documents(statements, longest)
    assert pairs(divided) == pairs([document(statements)])
    assert all(length(each) <= longest for each in divided)
    if length(document(statements)) <= longest:
        assert len(divided) <= 1


@given(NAMES, ARNS, st.randoms(use_true_random=False))
def test_a_statement_does_not_depend_on_the_order_of_what_it_is_made_of(
    names: list[str], arns: list[str], random: object
) -> None:
    shuffled = list(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert allowed("A", shuffled, reversed(arns)) == allowed("A", names, arns)


def test_one_action_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="Big is too long"):
        documents([Statement("Big", ("s3:GetObject",), ("x" * 200,))], 100)


def test_a_condition_stays_with_every_part_of_a_statement() -> None:
    condition = {"StringLike": {"kms:ViaService": "*"}}
    statement = Statement("Keys", tuple(f"kms:Action{number:03}" for number in range(60)), ("*",), condition)
    divided = documents([statement], 600)
    assert len(divided) > 1
    assert all(each["Statement"][0]["Condition"] == condition for each in divided)


def test_nothing_is_no_statement() -> None:
    assert allowed("A", [], ["*"]) == allowed("A", ["s3:GetObject"], []) == []


def test_wildcards_cover_names_but_not_themselves() -> None:
    assert without_covered(["ec2:DescribeVpcs", "ec2:Describe*", "ec2:CreateVpc"]) == ("ec2:CreateVpc", "ec2:Describe*")
    assert without_covered(["a[b]*", "a[b]c", "abc"]) == ("a[b]*", "abc")


def test_white_space_does_not_count() -> None:
    assert length({"A": "b c"}) == len('{"A":"bc"}')
