"""The longest list of the longest items fits into the places that it ends in, or is refused at its property."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from tests.aws_models.longest_lists import GROWING, bounds, lists, site
from tests.aws_models.model_checks import findings
from tests.aws_models.sums import excesses
from tests.expansion.expanded_examples import remote_stacks
from tests.hypothesis_profile import examples

KINDS = dict(lists())

# Findings about a template as a whole: no property is longer than its neighbours can be.
WHOLE = ("(template)", "Resources")


def expanded(properties: Any) -> Any:
    return expand_template(
        {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}}}, {}, "us-east-1"
    )


def test_every_list_is_tried() -> None:
    assert GROWING.keys() == KINDS.keys()


@pytest.mark.parametrize("path", GROWING)
def test_short_lists_are_taken(path: str) -> None:
    """What is beside the list is all right: else nothing but that would be refused."""
    if path != "Overrides":
        expanded(site(path, bounds(KINDS[path])[0] or 1, 1))


@pytest.mark.parametrize("path", GROWING)
def test_list_fits_or_is_refused_at_its_property(path: str) -> None:
    least, most = bounds(KINDS[path])
    longest = GROWING[path].longest

    @given(
        count=st.integers(least, most) | st.just(most),
        length=st.integers(1, min(longest, 200)) | st.integers(1, longest),
    )
    @example(most, longest)
    @example(most, 1)
    @example(most, min(longest, 40))
    @example(max(least, 1), longest)
    @examples(5)
    def law(count: int, length: int) -> None:
        try:
            template = expanded(site(path, count, length))
        except InvalidTemplateError as error:
            refused_at(path, [problem.path for problem in error.problems])
            return
        for each in (template, *(inner for _, inner in remote_stacks(template))):
            assert list(excesses(each)) == []
        assert findings(template) == []

    law()


def refused_at(path: str, places: list[str]) -> None:
    group = path.partition(".")[0]
    wanted = (f"Resources.Site.Properties.{group}", *WHOLE)
    assert all(place.startswith(wanted) for place in places), places
