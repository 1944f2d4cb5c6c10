"""What CloudFormation asks of the certificate's function."""

from typing import Any

Json = dict[str, Any]

PROPERTIES: Json = {
    "ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:f",
    "DomainName": "www.example.com",
    "SubjectAlternativeNames": ["example.com", "*.example.com"],
    "HostedZoneId": "ZONE",
    "Region": "us-east-1",
    "Tags": [{"Key": "team", "Value": "web"}],
}


def request(kind: str, properties: Json | None = None, **more: Any) -> Json:
    return {
        "RequestType": kind,
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/s/guid",
        "RequestId": f"request-{kind}",
        "LogicalResourceId": "SiteEdgeCertificate",
        "ResourceType": "Custom::Certificate",
        "ResourceProperties": PROPERTIES if properties is None else properties,
        **more,
    }


def update(arn: str, properties: Json, old: Json | None = None, **more: Any) -> Json:
    return request("Update", properties, PhysicalResourceId=arn, OldResourceProperties=old or PROPERTIES, **more)
