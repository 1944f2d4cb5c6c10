"""What `check` can ask of CloudFront's and Route 53's quotas and CloudFront's prefix list; against a fake of AWS."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import Severity
from cli.check import edge_quotas
from cli.check.permissions import action
from cli.check.prefix_list import prefix_list
from cli.check.site import Checked, Stack, read
from tests.cli.checking_harness import template
from tests.expansion.one_site import DOMAIN


class Client:
    """Answers each operation with what it was given for it."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers

    def can_paginate(self, _operation: str) -> bool:
        return False

    def __getattr__(self, operation: str) -> Any:
        return lambda **_arguments: self._answers[operation]


def aws(**answers: Any) -> Aws:
    return Aws(lambda _service, _region: Client(answers), "us-east-1", datetime.now(UTC), action)


def checked(*sites: dict[str, Any], region: str = "us-east-1") -> Checked:
    return read(template(*sites), {}, region, "ResilientWebsite", Stack(None), lambda: "123456789012")


# What lists the things that CloudFront has quotas for, with the member of each answer.
LISTS = {
    "list_origin_access_controls": "OriginAccessControlList",
    "list_cache_policies": "CachePolicyList",
    "list_response_headers_policies": "ResponseHeadersPolicyList",
    "list_vpc_origins": "VpcOriginList",
    "list_functions": "FunctionList",
}


def cloudfront_with(count: int) -> Aws:
    return aws(**{operation: {answer: {"Items": [{}] * count}} for operation, answer in LISTS.items()})


def test_the_account_has_room() -> None:
    assert list(edge_quotas.cloudfront(checked({}), cloudfront_with(0))) == []
    there_is_none = aws(**{operation: {answer: {"Quantity": 0}} for operation, answer in LISTS.items()})
    assert list(edge_quotas.cloudfront(checked({}), there_is_none)) == []


def test_the_last_policy_is_taken() -> None:
    (reported,) = edge_quotas.cloudfront(checked({}), cloudfront_with(20))
    assert reported.severity is Severity.WARNING  # type: ignore[union-attr]
    assert "Cache policies" in str(reported)
    assert list(edge_quotas.cloudfront(checked({"Delivery": {"Caching": "Disabled"}}), cloudfront_with(20))) == []


def test_sites_are_counted_together() -> None:
    assert len(list(edge_quotas.cloudfront(checked({}), cloudfront_with(19)))) == 0
    assert len(list(edge_quotas.cloudfront(checked({}, {}), cloudfront_with(19)))) == 1


@pytest.mark.parametrize(("there", "problems"), [(0, 0), (199, 0), (200, 1)])
def test_health_checks(there: int, problems: int) -> None:
    limit = {"Count": there, "Limit": {"Type": "MAX_HEALTH_CHECKS_BY_OWNER", "Value": 200}}
    assert len(list(edge_quotas.health_checks(checked(DOMAIN), aws(get_account_limit=limit)))) == problems
    assert list(edge_quotas.health_checks(checked({}), aws())) == []


@pytest.mark.parametrize(
    ("balancer", "listed", "problem"),
    [
        ({}, ["pl-3b927c52"], ""),
        ({}, ["pl-00000000"], "write CloudFrontPrefixListId: pl-00000000"),
        ({"CloudFrontPrefixListId": "pl-00000000"}, ["pl-3b927c52"], "write CloudFrontPrefixListId: pl-3b927c52"),
        ({}, [], "write CloudFrontPrefixListId: None"),
        ({"CloudFrontPrefixListId": "None"}, [], ""),
    ],
)
def test_prefix_list(balancer: dict[str, str], listed: list[str], problem: str) -> None:
    (site,) = checked({"LoadBalancer": balancer}).sites
    answer = {"PrefixLists": [{"PrefixListId": name} for name in listed]}
    reported = [str(each) for each in prefix_list(site, aws(describe_managed_prefix_lists=answer))]
    assert [problem in each for each in reported] == ([True] if problem else [])
