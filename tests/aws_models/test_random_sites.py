"""AWS's models and cdk-preflight find nothing in what random sites expand to, whatever is written in some places."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilient_website.expand import expand_template
from resilient_website.functions.code import Layer
from resilient_website.problems import InvalidTemplateError
from resilient_website.reading.reader import Reader
from resilient_website.tiers.tags import MAX_VALUE_LENGTH, check
from tests.aws_models.model_checks import findings
from tests.expansion.expanded import expanded_template
from tests.expansion.expanded_examples import remote_stacks
from tests.expansion.random_sites import SITES, TAGS, in_template
from tests.hypothesis_profile import examples

Json = dict[str, Any]

ANY_TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300)
ANY_TAGS = TAGS | st.lists(st.fixed_dictionaries({"Key": ANY_TEXT, "Value": ANY_TEXT}), min_size=1, max_size=2)


@given(SITES)
@examples(80)
def test_judges_find_nothing_in_random_sites(properties: Json) -> None:
    template = expanded_template(properties)
    assert findings(template) == []
    for where, inner in remote_stacks(template):
        assert findings(inner, where) == []


@pytest.mark.parametrize("vpc_origin", [False, True])
def test_judges_find_nothing_in_halves_behind_vpc_origins(*, vpc_origin: bool) -> None:
    site = {
        "DomainName": "www.example.com",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "Network": {"WebSubnets": "Private"},
        "LoadBalancer": {"Scheme": "internal"},
        "Secondary": {"Region": "us-west-2", **({"VpcOrigin": True} if vpc_origin else {})},
    }
    for region in ("us-east-1", "us-west-2"):
        layer = Layer(f"arn:aws:lambda:{region}:123456789012:layer:ResilientWebsite-functions:1")
        template = expand_template(in_template(site), {}, region, code=layer)
        assert findings(template, region) == []
        for where, inner in remote_stacks(template):
            assert findings(inner, where) == []


@given(ANY_TAGS)
@examples(50)
def test_tags_are_refused_or_taken_by_every_service(tags: list[Json]) -> None:
    try:
        found = findings(expanded_template({"Database": False, "Tags": tags}))
    except InvalidTemplateError as error:
        assert all(".Tags[" in each.path for each in error.problems)
    else:
        assert found == []


def test_every_character_that_a_tag_may_have_is_taken_by_every_service() -> None:
    """All of them at once: the judges say which of them a service refuses."""
    characters = [chr(code) for code in range(0x20, 0x1000) if _taken(chr(code))]
    texts = [
        "".join(characters[start : start + MAX_VALUE_LENGTH]) for start in range(0, len(characters), MAX_VALUE_LENGTH)
    ]
    assert len(texts) > 1
    tags = [{"Key": f"k{n}", "Value": text} for n, text in enumerate(texts)]
    assert findings(expanded_template({"Database": False, "Tags": tags})) == []


def _taken(character: str) -> bool:
    reader = Reader({}, "us-east-1")
    check([{"Key": f"a{character}b", "Value": f"a{character}b"}], "Tags", reader)
    return not reader.problems
