"""What the emulator refuses as AWS does: ARNs of another Region, names without a certificate, and full buckets."""

import json
from typing import Any

import pytest

from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Json, Stacks

ACCOUNT = "200000000044"
HERE, THERE = "us-east-1", "us-west-2"


@pytest.fixture(scope="module")
def stacks(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT, THERE)


def arn(service: str, resource: str) -> str:
    """Return an ARN of the other Region."""
    return f"arn:aws:{service}:{HERE}:{ACCOUNT}:{resource}"


CERTIFICATE = arn("acm", "certificate/1")
FORWARD = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]
ALARM = {
    "Namespace": "AWS/RDS",
    "MetricName": "ReplicaLag",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "Period": 60,
    "Statistic": "Maximum",
}
TOKEN = "{{resolve:secretsmanager:" + arn("secretsmanager", "secret:its-own-123456") + ":SecretString}}"


@pytest.mark.parametrize(
    ("kind", "properties", "answer"),
    [
        (
            "AWS::ElasticLoadBalancingV2::Listener",
            {
                "LoadBalancerArn": arn("elasticloadbalancing", "loadbalancer/app/x/1"),
                "DefaultActions": FORWARD,
                "Certificates": [{"CertificateArn": CERTIFICATE}],
            },
            CERTIFICATE,
        ),
        (
            "AWS::ApiGateway::DomainName",
            {"DomainName": "a.example", "RegionalCertificateArn": CERTIFICATE},
            CERTIFICATE,
        ),
        ("AWS::CloudWatch::Alarm", {**ALARM, "AlarmActions": [arn("sns", "alarms")]}, "alarms is invalid"),
        ("AWS::RDS::DBInstance", {"Engine": "mysql", "KmsKeyId": arn("kms", "key/1")}, "key/1 is invalid"),
        ("AWS::SSM::Parameter", {"Type": "String", "Value": TOKEN}, "its-own-123456:SecretString is invalid"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("AWS::") else "",
)
def test_arn_of_another_region(stacks: Stacks, kind: str, properties: Json, answer: str) -> None:
    refused = stacks.create("refused", {"Resources": {"Wrong": {"Type": kind, "Properties": properties}}})
    assert refused["StackStatus"] == "ROLLBACK_COMPLETE"
    assert [reason for reason in refused["Reasons"] if answer in reason], refused["Reasons"]
    stacks.delete("refused")


def certified(name: str) -> Json:
    """Return a certificate for one name, and an API's domain name of another one."""
    certificate = {"DomainName": "b.example", "SubjectAlternativeNames": ["*.b.example"], "ValidationMethod": "DNS"}
    endpoint = {"EndpointConfiguration": {"Types": ["REGIONAL"]}}
    return {
        "Resources": {
            "Certificate": {"Type": "AWS::CertificateManager::Certificate", "Properties": certificate},
            "Name": {
                "Type": "AWS::ApiGateway::DomainName",
                "Properties": {"DomainName": name, "RegionalCertificateArn": {"Ref": "Certificate"}, **endpoint},
            },
        }
    }


@pytest.mark.parametrize(("name", "covered"), [("b.example", True), ("switch.b.example", True), ("c.example", False)])
def test_certificate_covers_the_name_of_an_api(stacks: Stacks, name: str, *, covered: bool) -> None:
    stack = stacks.create("certified", certified(name))
    assert stack["StackStatus"] == ("CREATE_COMPLETE" if covered else "ROLLBACK_COMPLETE"), stack["Reasons"]
    assert covered or any("not covered by the provided certificate" in reason for reason in stack["Reasons"])
    stacks.delete("certified")


def test_bucket_with_objects_is_not_deleted(stacks: Stacks) -> None:
    versioned: Any = {"VersioningConfiguration": {"Status": "Enabled"}}
    template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": versioned}}}
    bucket = stacks.create("full", json.dumps(template))["Ids"]["Bucket"]
    s3 = stacks.session.client("s3")
    version = s3.put_object(Bucket=bucket, Key="x", Body=b"x")["VersionId"]
    marker = s3.delete_object(Bucket=bucket, Key="x")["VersionId"]
    refused = stacks.delete("full")
    assert refused["StackStatus"] == "DELETE_FAILED"
    assert any("not empty" in reason for reason in refused["Reasons"])
    for each in (version, marker):
        s3.delete_object(Bucket=bucket, Key="x", VersionId=each)
    assert stacks.delete("full")["StackStatus"] == "DELETE_COMPLETE"
