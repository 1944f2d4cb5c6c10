"""What a rotation finds in its own stack: the resources beside a secret, and never those of another one."""

from typing import Any
from unittest.mock import Mock

import pytest

from shared.secret_rotation.own_stack import OwnStack, read
from shared.secret_rotation.steps import RotationError
from tests.custom_resources.own_stack import STACK_ID

SECRET, RULE = "AWS::SecretsManager::Secret", "AWS::ElasticLoadBalancingV2::ListenerRule"
WANTED = {"CloudFrontOnly": RULE}
Row = tuple[str, str, str, str]

SITE: tuple[Row, ...] = (
    ("SiteOriginSecret", SECRET, "arn:secret", "CREATE_COMPLETE"),
    ("SiteCloudFrontOnly", RULE, "arn:rule", "UPDATE_COMPLETE"),
)
OTHER: tuple[Row, ...] = (
    ("ShopOriginSecret", SECRET, "arn:shop-secret", "CREATE_COMPLETE"),
    ("ShopCloudFrontOnly", RULE, "arn:shop-rule", "CREATE_COMPLETE"),
)


def stack(*rows: Row) -> OwnStack:
    """Return the stack that CloudFormation lists so, in two pages."""
    names = ("LogicalResourceId", "ResourceType", "PhysicalResourceId", "ResourceStatus")
    entries = [dict(zip(names, row, strict=True)) for row in rows]
    unmade = {"LogicalResourceId": "NewOriginSecret", "ResourceType": SECRET, "ResourceStatus": "CREATE_IN_PROGRESS"}
    cloudformation: Any = Mock()
    cloudformation.get_paginator.return_value.paginate.return_value = [
        {"StackResourceSummaries": entries[:1]},
        {"StackResourceSummaries": [*entries[1:], unmade]},
    ]
    found = read(cloudformation, STACK_ID)
    cloudformation.get_paginator.return_value.paginate.assert_called_once_with(StackName=STACK_ID)
    return found


def test_each_secret_has_what_is_beside_it() -> None:
    both = stack(*SITE, *OTHER)
    assert both.beside("arn:secret", "OriginSecret", WANTED) == ("arn:rule",)
    assert both.beside("arn:shop-secret", "OriginSecret", WANTED) == ("arn:shop-rule",)


@pytest.mark.parametrize("secret", ["arn:neighbours-secret", "SiteOriginSecret", "arn:rule", ""])
def test_secret_that_is_not_of_the_stack_is_refused(secret: str) -> None:
    with pytest.raises(RotationError, match="is not the OriginSecret of a site in this function's stack"):
        stack(*SITE).beside(secret, "OriginSecret", WANTED)


def test_secret_of_another_purpose_is_refused() -> None:
    with pytest.raises(RotationError, match="is not the DatabaseSecret of a site in this function's stack"):
        stack(*SITE).beside("arn:secret", "DatabaseSecret", {})


@pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "DELETE_COMPLETE", "DELETE_SKIPPED", "DELETE_FAILED"])
def test_what_is_deleted_does_not_count(status: str) -> None:
    old: Row = ("SiteCloudFrontOnly", RULE, "arn:old-rule", status)
    for rows in ((*SITE, old), (old, *SITE)):
        assert stack(*rows).beside("arn:secret", "OriginSecret", WANTED) == ("arn:rule",)
    with pytest.raises(RotationError, match="The stack has no SiteCloudFrontOnly"):
        stack(SITE[0], old).beside("arn:secret", "OriginSecret", WANTED)


def test_resource_of_another_type_does_not_count() -> None:
    with pytest.raises(RotationError, match="The stack has no SiteCloudFrontOnly"):
        stack(SITE[0], ("SiteCloudFrontOnly", "AWS::SNS::Topic", "arn:topic", "CREATE_COMPLETE")).beside(
            "arn:secret", "OriginSecret", WANTED
        )


def test_secret_that_is_being_replaced_is_found_by_its_arn() -> None:
    """During an update the stack may list the old and the new resource under one logical id."""
    new: Row = ("SiteOriginSecret", SECRET, "arn:new-secret", "CREATE_COMPLETE")
    for rows in ((*SITE, new), (new, *SITE)):
        for secret in ("arn:secret", "arn:new-secret"):
            assert stack(*rows).beside(secret, "OriginSecret", WANTED) == ("arn:rule",)


def test_nothing_is_chosen_between_old_and_new() -> None:
    new: Row = ("SiteCloudFrontOnly", RULE, "arn:new-rule", "CREATE_COMPLETE")
    for rows in ((*SITE, new), (new, *SITE)):
        with pytest.raises(RotationError, match="more than one SiteCloudFrontOnly"):
            stack(*rows).beside("arn:secret", "OriginSecret", WANTED)
