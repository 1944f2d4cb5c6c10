"""IAM's limit of a role's inline policies: what passes it is refused before a stack is begun."""

import json
from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.facts.iam_quotas import MAX_INLINE_POLICIES_LENGTH
from resilient_website.problems import InvalidTemplateError
from tests.policies.documents import documents

Json = dict[str, Any]
NAMES = 6


def sites(count: int) -> Json:
    def site(number: int) -> Json:
        names = [f"{name}.shop-{number}.example.com" for name in "abcdefgh"[: NAMES - 1]]
        properties = {
            "DomainName": f"www.shop-{number}.example.com",
            "AlternateDomainNames": names,
            "HostedZoneId": "Z0123456789ABCDEFGHIJ",
            "Fallback": {"Region": "eu-central-1"},
            "Database": False,
        }
        return {"Type": "ResilientWebsite", "Properties": properties}

    return {"Resources": {f"Site{number}": site(number) for number in range(count)}}


def longest_role(template: Json) -> int:
    """Return the length of the longest role's policies, with the ARNs of the policies' tests."""
    lengths: dict[str, int] = {}
    for document in documents(template):
        if document.identity:
            text = json.dumps(document.policy, separators=(",", ":"))
            lengths[document.holder] = lengths.get(document.holder, 0) + len(text)
    return max(lengths.values())


def test_sites_that_fit() -> None:
    assert longest_role(expand_template(sites(3), {}, "eu-west-1")) <= MAX_INLINE_POLICIES_LENGTH


def test_sites_whose_policies_are_too_long_together() -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(sites(8), {}, "eu-west-1")
    (problem,) = [each for each in refused.value.problems if each.path == "Resources.CertificateRole"]
    assert f"IAM takes {MAX_INLINE_POLICIES_LENGTH}" in problem.found
