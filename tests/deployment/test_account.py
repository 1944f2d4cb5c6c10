"""The description of an account: whatever is set of a bucket, a role, a secret, an alarm or a log group is in it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.deployment.account import changed, described
from tests.sites import Installation
from tools.emulator.endpoint import Emulator

BUCKET = "described"
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
ALARM = {
    **{"AlarmName": BUCKET, "Namespace": "AWS/RDS", "MetricName": "CPUUtilization", "Statistic": "Average"},
    **{"Period": 60, "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"},
}
TAGS = [{"Key": "owner", "Value": "shop"}]


def _policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


# One change each, and what it is a change of.
CHANGES: dict[str, tuple[str, Callable[[Any], object]]] = {
    "cors": (
        "s3",
        lambda s3: s3.put_bucket_cors(
            Bucket=BUCKET, CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
        ),
    ),
    "encryption": (
        "s3",
        lambda s3: s3.put_bucket_encryption(
            Bucket=BUCKET,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            },
        ),
    ),
    "lifecycle": (
        "s3",
        lambda s3: s3.put_bucket_lifecycle_configuration(
            Bucket=BUCKET,
            LifecycleConfiguration={
                "Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3}}]
            },
        ),
    ),
    "notification": (
        "s3",
        lambda s3: s3.put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
        ),
    ),
    "ownership": (
        "s3",
        lambda s3: s3.put_bucket_ownership_controls(
            Bucket=BUCKET, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
    ),
    "policy": ("s3", lambda s3: s3.put_bucket_policy(Bucket=BUCKET, Policy=_policy({**READ, "Principal": "*"}))),
    "tags": ("s3", lambda s3: s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": TAGS})),
    "versioning": (
        "s3",
        lambda s3: s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}),
    ),
    "public access": (
        "s3",
        lambda s3: s3.put_public_access_block(
            Bucket=BUCKET, PublicAccessBlockConfiguration={"BlockPublicAcls": True, "IgnorePublicAcls": True}
        ),
    ),
    "object": ("s3", lambda s3: s3.put_object(Bucket=BUCKET, Key="page", Body=b"new")),
    "inline policy": (
        "iam",
        lambda iam: iam.put_role_policy(RoleName=BUCKET, PolicyName="one", PolicyDocument=_policy(READ)),
    ),
    "attached policy": (
        "iam",
        lambda iam: iam.attach_role_policy(RoleName=BUCKET, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ),
    "role": ("iam", lambda iam: iam.update_role(RoleName=BUCKET, Description="another", MaxSessionDuration=7200)),
    "secret": ("secretsmanager", lambda manager: manager.put_secret_value(SecretId=BUCKET, SecretString="new")),
    "alarm": ("cloudwatch", lambda cloudwatch: cloudwatch.put_metric_alarm(**{**ALARM, "Threshold": 2})),
    "retention": ("logs", lambda logs: logs.put_retention_policy(logGroupName=BUCKET, retentionInDays=3)),
    "new alarm": ("cloudwatch", lambda cloudwatch: cloudwatch.put_metric_alarm(**{**ALARM, "AlarmName": "another"})),
    "trust": (
        "iam",
        lambda iam: iam.update_assume_role_policy(RoleName=BUCKET, PolicyDocument=_policy(ASSUME, ASSUME)),
    ),
}


@pytest.fixture(scope="module")
def account(emulator: Emulator) -> Installation:
    """Return an account with one of each."""
    made = Installation(emulator, "100000000077", emulator.folder, build=emulator.folder)
    made.client("s3").create_bucket(Bucket=BUCKET)
    made.client("iam").create_role(RoleName=BUCKET, AssumeRolePolicyDocument=_policy(ASSUME))
    made.client("secretsmanager").create_secret(Name=BUCKET, SecretString="old")
    made.client("cloudwatch").put_metric_alarm(**ALARM)
    made.client("logs").create_log_group(logGroupName=BUCKET)
    return made


def test_every_change_shows(account: Installation) -> None:
    before = described(account)
    assert changed(before, described(account)) == []
    for name, (service, change) in CHANGES.items():
        change(account.client(service))
        after = described(account)
        assert changed(before, after), name
        before = after
