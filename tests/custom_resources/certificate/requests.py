"""What CloudFormation asks of the certificate's function, for both of its custom resources."""

from typing import Any

from tests.custom_resources.own_stack import STACK_ID

Json = dict[str, Any]

TOKEN = {"ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:f"}
PROPERTIES: Json = {
    **TOKEN,
    "DomainName": "www.example.com",
    "SubjectAlternativeNames": ["example.com", "*.example.com"],
    "HostedZoneId": "ZONE",
    "Region": "us-east-1",
}
TAGS = {"team": "web"}


def request(kind: str, properties: Json | None = None, **more: Any) -> Json:
    """Return a request for Custom::CertificateRequest."""
    return {
        "RequestType": kind,
        "StackId": STACK_ID,
        "RequestId": f"request-{kind}",
        "LogicalResourceId": "SiteEdgeCertificateRequest1a2b3c4d",
        "ResourceType": "Custom::CertificateRequest",
        "ResourceProperties": PROPERTIES if properties is None else properties,
        **more,
    }


def update(arn: str, properties: Json, old: Json | None = None, **more: Any) -> Json:
    """Return an Update of Custom::CertificateRequest."""
    return request("Update", properties, PhysicalResourceId=arn, OldResourceProperties=old or PROPERTIES, **more)


def owned(kind: str, arn: str, tags: dict[str, str] | None = None, **more: Any) -> Json:
    """Return a request for Custom::Certificate. `arn` is its property, and its physical id if that is not given."""
    wanted = TAGS if tags is None else tags
    properties = {**TOKEN, "CertificateArn": arn, "Tags": [{"Key": key, "Value": wanted[key]} for key in wanted]}
    names = {"LogicalResourceId": "SiteEdgeCertificate1a2b3c4d", "ResourceType": "Custom::Certificate"}
    known = {} if kind == "Create" else {"PhysicalResourceId": arn}
    return request(kind, properties, **{"RequestId": f"certificate-{kind}", **names, **known, **more})
