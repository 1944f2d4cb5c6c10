"""What belongs to another account: what it can't share is refused where the account is known, and the rest is taken."""

from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from tests.expansion.one_site import DOMAIN

Json = dict[str, Any]

OWN, OTHER = "123456789012", "210987654321"
CERTIFICATE = f"arn:aws:acm:us-east-1:{OTHER}:certificate/aaaaaaaa-1234-1234-1234-123456789012"
SECRET = f"arn:aws:secretsmanager:us-east-1:{OTHER}:secret:payments-AbCdEf"
KEY = f"arn:aws:kms:us-east-1:{OTHER}:key/aaaaaaaa-1234-1234-1234-123456789012"


def with_secret(**more: Any) -> Json:
    environment = {"Secrets": {"PAYMENTS": SECRET}, **more}
    return {"WebServers": {"UserData": "#!/bin/bash\ntrue", "Environment": environment}}


FOREIGN: dict[str, tuple[Json, str]] = {
    "certificate": ({**DOMAIN, "CertificateArn": CERTIFICATE}, "CertificateArn"),
    "regional certificate": ({**DOMAIN, "RegionalCertificateArn": CERTIFICATE}, "RegionalCertificateArn"),
    "web ACL": (
        {"Security": {"WebACLArn": f"arn:aws:wafv2:us-east-1:{OTHER}:global/webacl/a/b"}},
        "Security.WebACLArn",
    ),
    "permissions boundary": (
        {"Security": {"PermissionsBoundary": f"arn:aws:iam::{OTHER}:policy/boundary"}},
        "Security.PermissionsBoundary",
    ),
    "secret without a key": (with_secret(), "WebServers.Environment.Secrets.PAYMENTS"),
}


@pytest.mark.parametrize(("properties", "path"), FOREIGN.values(), ids=FOREIGN)
def test_what_another_account_cannot_share_is_refused(properties: Json, path: str) -> None:
    template = {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}}}
    with pytest.raises(InvalidTemplateError) as refusal:
        expand_template(template, {}, "us-east-1", account=OWN)
    assert [problem.path for problem in refusal.value.problems] == [f"Resources.Site.Properties.{path}"]
    assert OTHER in str(refusal.value)
    # The account may be known only at deployment, and it may be that one.
    assert expand_template(template, {}, "us-east-1", account=OTHER) == expand_template(template, {}, "us-east-1")


@pytest.mark.parametrize(
    "properties",
    [
        with_secret(KmsKeyArns=[KEY]),
        {"Security": {"PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"}},
        {"Monitoring": {"AlarmTopicArn": f"arn:aws:sns:us-east-1:{OTHER}:alarms"}},
        {"Database": {"KmsKeyId": KEY}},
    ],
    ids=["secret with its key", "AWS's own policy", "topic", "key"],
)
def test_what_another_account_can_share_is_taken(properties: Json) -> None:
    template = {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}}}
    assert expand_template(template, {}, "us-east-1", account=OWN)["Resources"]
