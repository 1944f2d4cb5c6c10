"""The bucket of the application's archive, for a site with a copy: servers there read one in their own Region."""

from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError


def expanded(bucket: Any) -> dict[str, Any]:
    site = {
        "DomainName": "www.example.com",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "Secondary": {"Region": "us-west-2"},
        "WebServers": {"Artifact": {"Bucket": bucket, "Key": "a.zip", "Command": "./run"}},
    }
    resources = {"Site": {"Type": "ResilientWebsite", "Properties": site}}
    declared = {"Releases": {"Type": "String"}}
    values = {"Releases": "releases-1"}
    return expand_template({"Parameters": declared, "Resources": resources}, values, "us-east-1")


def test_literal_bucket_is_in_one_region_only() -> None:
    with pytest.raises(InvalidTemplateError, match=r"WebServers\.Artifact\.Bucket: .*exists in one Region only"):
        expanded("releases")


@pytest.mark.parametrize("bucket", [{"Ref": "Releases"}, {"Fn::Sub": "releases-${AWS::Region}"}])
def test_bucket_can_be_another_one_in_each_region(bucket: Any) -> None:
    assert "SiteAutoScalingGroup" in expanded(bucket)["Resources"]
