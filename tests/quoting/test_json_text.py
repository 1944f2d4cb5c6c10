"""JSON text whose strings CloudFormation puts in."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from troposphere import GenericHelperFn, Join, Ref, Sub

from resilient_website.quoting import json_text
from tests.quoting.cloudformation import resolved

TEXT = st.text(st.sampled_from('"\\\n\r\t{}$@0a é') | st.characters(exclude_categories=["Cc", "Cs"]), max_size=8)
LEAVES = TEXT | st.integers() | st.booleans() | st.none()
DOCUMENTS = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))


def text_of(value: Any, given_values: dict[str, str]) -> str:
    joined: str = resolved(Join("", json_text.document(value)).to_dict(), given_values)
    return joined


@given(DOCUMENTS, TEXT, TEXT)
def test_document_is_what_it_was_made_of(document: Any, put_in: str, known: str) -> None:
    references = [Ref("Name"), Sub("a ${Name}"), GenericHelperFn({"Fn::GetAtt": ["Name", "Arn"]})]
    given_values = {"Name": put_in, "Name.Arn": known}
    found = json.loads(text_of({"document": document, "references": references}, given_values))
    assert found == {"document": document, "references": [put_in, f"a {put_in}", known]}
