"""A template with a certificate in us-east-1 as a site's stack has it: its function, and the rights in their order."""

import hashlib
import io
import zipfile
from typing import Any

from tools.repository import ROOT

Json = dict[str, Any]

SOURCES = ROOT / "custom_resources"
PACKAGES = ("certificate", "shared")
EVENTS = ["events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:DeleteRule"]
OWN = ["DeleteCertificate", "DescribeCertificate", *(f"{verb}Certificate" for verb in ("AddTagsTo", "ListTagsFor"))]


def package() -> bytes:
    """Return the function's deployment package."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for folder in PACKAGES:
            for path in sorted((SOURCES / folder).rglob("*.py")):
                archive.write(path, path.relative_to(SOURCES))
    return written.getvalue()


def template(bucket: str, zone: str, *names: str, domain: str, tag: str = "web", **more: Any) -> Json:
    """Return the template. `bucket` has the package as `code.zip`; `more` are further resources."""
    digest = hashlib.sha256("\n".join((domain, *sorted(names))).encode()).hexdigest()[:8]
    request, policy, certificate = (f"SiteEdgeCertificate{part}{digest}" for part in ("Request", "Policy", ""))
    token = {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}}
    asked = {"DomainName": f"www.{domain}", "HostedZoneId": zone, "Region": "us-east-1"}
    owned = {"CertificateArn": {"Ref": request}, "Tags": [{"Key": "team", "Value": tag}]}
    return {
        "Resources": {
            "Role": _role(),
            "Function": _function(bucket),
            "Polling": _policy([*EVENTS, "lambda:AddPermission", "lambda:RemovePermission"], "*"),
            request: {
                "Type": "Custom::CertificateRequest",
                "DependsOn": "Polling",
                "Properties": {**token, **asked, **({"SubjectAlternativeNames": list(names)} if names else {})},
            },
            policy: _policy([f"acm:{operation}" for operation in OWN], {"Ref": request}),
            certificate: {
                "Type": "Custom::Certificate",
                "DependsOn": policy,
                "Properties": {**token, **owned},
            },
            **more,
        },
        "Outputs": {
            "Id": {"Value": {"Ref": certificate}},
            "Arn": {"Value": {"Fn::GetAtt": [certificate, "Arn"]}},
            "Certificate": {"Value": certificate},
        },
    }


def _function(bucket: str) -> Json:
    properties = {
        "Runtime": "python3.13",
        "Handler": "certificate.handler.handler",
        "Timeout": 60,
        "Code": {"S3Bucket": bucket, "S3Key": "code.zip"},
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Environment": {"Variables": {"STACK_ID": {"Ref": "AWS::StackId"}}},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def _role() -> Json:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}


def _policy(actions: list[str], resource: Any) -> Json:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    properties = {"PolicyName": "Allow", "Roles": [{"Ref": "Role"}], "PolicyDocument": document}
    return {"Type": "AWS::IAM::Policy", "Properties": properties}
