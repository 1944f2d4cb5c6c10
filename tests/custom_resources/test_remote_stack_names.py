"""Names of stacks in another Region: bound to the stack that makes them by its GUID, as the role's policy is."""

from hypothesis import given
from hypothesis import strategies as st

from remote_stack.stack import MAX_NAME_LENGTH, name_of, region_of
from shared.cfn_response.owner import Owner
from tests.custom_resources.own_stack import ACCOUNT, GUID, OTHER_STACK_ID, STACK_ID

LOGICAL_IDS = st.from_regex(r"[A-Za-z0-9]{1,255}", fullmatch=True)


def made(name: str, region: str = "us-west-2") -> str:
    """Return the id of a stack with a name."""
    return f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/9f8e7d6c-0002-11ef-8000-0123456789ab"


@given(LOGICAL_IDS)
def test_name_begins_with_the_guid_and_is_one_of_a_stack(logical_id: str) -> None:
    name = name_of(Owner(STACK_ID, logical_id))
    assert name.startswith(f"resilient-website-{GUID}-")
    assert len(name) <= MAX_NAME_LENGTH
    assert region_of(made(name), Owner(STACK_ID, "Other")) == "us-west-2"
    assert region_of(made(name), Owner(OTHER_STACK_ID, logical_id)) is None


@given(LOGICAL_IDS, LOGICAL_IDS)
def test_other_logical_ids_have_other_names(one: str, other: str) -> None:
    same = name_of(Owner(STACK_ID, one)) == name_of(Owner(STACK_ID, other))
    assert same == (one == other)


def test_logical_ids_that_differ_at_their_end_have_other_names() -> None:
    assert name_of(Owner(STACK_ID, "S" * 200 + "1")) != name_of(Owner(STACK_ID, "S" * 200 + "2"))


def test_short_logical_id_is_in_the_name() -> None:
    assert name_of(Owner(STACK_ID, "SiteEdgeStack")) == f"resilient-website-{GUID}-SiteEdgeStack"


def test_name_that_only_contains_the_guid_is_not_own() -> None:
    owner = Owner(STACK_ID, "SiteEdgeStack")
    for name in (
        f"x-resilient-website-{GUID}-SiteEdgeStack",
        f"resilient-website-{GUID}",
        f"resilient-website-x-{GUID}-S",
    ):
        assert region_of(made(name), owner) is None
