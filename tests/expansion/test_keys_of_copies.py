"""The keys of a site with a copy: a key of KMS is in one Region, so the same template can't have its ARN."""

from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError

KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"


def expanded(tier: str, key: Any) -> dict[str, Any]:
    site = {
        "DomainName": "www.example.com",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "Secondary": {"Region": "us-west-2"},
        tier: {"KmsKeyId": key},
    }
    resources = {"Site": {"Type": "ResilientWebsite", "Properties": site}}
    declared = {"Key": {"Type": "String"}}
    return expand_template({"Parameters": declared, "Resources": resources}, {"Key": KEY}, "us-east-1")


@pytest.mark.parametrize("tier", ["Database", "Cache"])
def test_literal_key_is_in_one_region_only(tier: str) -> None:
    with pytest.raises(InvalidTemplateError, match=rf"{tier}\.KmsKeyId: .*exists in one Region only"):
        expanded(tier, KEY)


@pytest.mark.parametrize("tier", ["Database", "Cache"])
def test_parameter_can_name_a_key_in_each_region(tier: str) -> None:
    assert "SiteAutoScalingGroup" in expanded(tier, {"Ref": "Key"})["Resources"]
