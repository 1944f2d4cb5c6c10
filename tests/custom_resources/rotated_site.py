"""A small site whose secrets rotate: what the functions find in their stack, deployed on the emulator."""

import json
import time
from collections.abc import Callable
from typing import Any

from tools.emulator.endpoint import Emulator

Json = dict[str, Any]

HEADER = "X-Origin-Verify"

ROTATION_SECONDS = 60

# Outputs of the stack: the logical ids of what the rotations look for, without the site's name in front.
FOUND = {
    "OriginSecret": "SiteOriginSecret",
    "Rule": "SiteCloudFrontOnly",
    "Distribution": "SiteDistribution",
    "DatabaseSecret": "SiteDatabaseSecret",
    "Database": "SiteDatabase",
}

_SECRET = {"Fn::Sub": "{{resolve:secretsmanager:${SiteOriginSecret}:SecretString}}"}


def ref(name: str) -> Json:
    return {"Ref": name}


def resource(kind: str, depends_on: tuple[str, ...] = (), **properties: Any) -> Json:
    return {"Type": f"AWS::{kind}", "DependsOn": list(depends_on), "Properties": properties}


def bystander() -> dict[str, Json]:
    """Return a rotation function that does nothing: the steps are then the test's own."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "Role": resource("IAM::Role", AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]}),
        "Function": resource(
            "Lambda::Function",
            Runtime="python3.13",
            Handler="index.handler",
            Role={"Fn::GetAtt": ["Role", "Arn"]},
            Code={"ZipFile": "def handler(event, context): pass"},
        ),
        "Permission": resource(
            "Lambda::Permission",
            FunctionName=ref("Function"),
            Action="lambda:InvokeFunction",
            Principal="secretsmanager.amazonaws.com",
        ),
    }


def template(origin_function: Any, database_function: Any, more: dict[str, Json] | None = None) -> Json:
    """Return the site's template; the two functions are ARNs. The schedules wait for `more`."""
    resources = {**_network(), **_origin(origin_function), **_database(database_function)}
    for schedule in ("OriginRotation", "DatabaseRotation"):
        resources[schedule]["DependsOn"] += sorted(more or {})
    resources.update(more or {})
    outputs = {
        "Stack": ref("AWS::StackId"),
        "Domain": {"Fn::GetAtt": ["SiteDistribution", "DomainName"]},
        "Balancer": {"Fn::GetAtt": ["Balancer", "DNSName"]},
        "Targets": ref("Targets"),
        **{name: ref(logical_id) for name, logical_id in FOUND.items()},
    }
    return {"Resources": resources, "Outputs": {name: {"Value": value} for name, value in outputs.items()}}


def _network() -> dict[str, Json]:
    return {
        "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16"),
        **{
            f"Subnet{zone}": resource(
                "EC2::Subnet",
                VpcId=ref("Vpc"),
                CidrBlock=f"10.0.{zone}.0/24",
                AvailabilityZone={"Fn::Select": [zone, {"Fn::GetAZs": ""}]},
            )
            for zone in (0, 1)
        },
    }


def _origin(function: Any) -> dict[str, Json]:
    refusal = {"StatusCode": "403", "ContentType": "text/plain", "MessageBody": "Not this way."}
    origin = {
        "Id": "web",
        "DomainName": {"Fn::GetAtt": ["Balancer", "DNSName"]},
        "CustomOriginConfig": {"OriginProtocolPolicy": "http-only"},
        "OriginCustomHeaders": [
            {"HeaderName": "X-Other", "HeaderValue": "stays"},
            {"HeaderName": HEADER, "HeaderValue": _SECRET},
        ],
    }
    behavior = {
        "TargetOriginId": "web",
        "ViewerProtocolPolicy": "allow-all",
        "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    }
    return {
        "SiteOriginSecret": resource(
            "SecretsManager::Secret",
            GenerateSecretString={"ExcludePunctuation": True, "PasswordLength": 48},
        ),
        "Balancer": resource("ElasticLoadBalancingV2::LoadBalancer", Subnets=[ref("Subnet0"), ref("Subnet1")]),
        "Targets": resource("ElasticLoadBalancingV2::TargetGroup", VpcId=ref("Vpc"), Port=8080, Protocol="HTTP"),
        "Listener": resource(
            "ElasticLoadBalancingV2::Listener",
            LoadBalancerArn=ref("Balancer"),
            Port=80,
            Protocol="HTTP",
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": refusal}],
        ),
        "SiteCloudFrontOnly": resource(
            "ElasticLoadBalancingV2::ListenerRule",
            ListenerArn=ref("Listener"),
            Priority=1,
            Conditions=[
                {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}},
                {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": HEADER, "Values": [_SECRET]}},
            ],
            Actions=[{"Type": "forward", "TargetGroupArn": ref("Targets")}],
        ),
        "SiteDistribution": resource(
            "CloudFront::Distribution",
            DistributionConfig={"Enabled": True, "Origins": [origin], "DefaultCacheBehavior": behavior},
        ),
        "OriginRotation": resource(
            "SecretsManager::RotationSchedule",
            ("Balancer", "SiteDistribution", "SiteCloudFrontOnly"),
            SecretId=ref("SiteOriginSecret"),
            RotationLambdaARN=function,
            RotationRules={"AutomaticallyAfterDays": 30},
            RotateImmediatelyOnUpdate=False,
        ),
    }


def _database(function: Any) -> dict[str, Json]:
    secret = "{{resolve:secretsmanager:${SiteDatabaseSecret}:SecretString:%s}}"
    return {
        "SiteDatabaseSecret": resource(
            "SecretsManager::Secret",
            GenerateSecretString={
                "SecretStringTemplate": '{"username":"website"}',
                "GenerateStringKey": "password",
                "PasswordLength": 32,
                "ExcludeCharacters": "/@\"'\\ `$",
            },
        ),
        "SiteDatabase": resource(
            "RDS::DBInstance",
            Engine="mysql",
            DBInstanceClass="db.t4g.small",
            AllocatedStorage="20",
            MasterUsername={"Fn::Sub": secret % "username"},
            MasterUserPassword={"Fn::Sub": secret % "password"},
        ),
        "Attachment": resource(
            "SecretsManager::SecretTargetAttachment",
            SecretId=ref("SiteDatabaseSecret"),
            TargetId=ref("SiteDatabase"),
            TargetType="AWS::RDS::DBInstance",
        ),
        "DatabaseRotation": resource(
            "SecretsManager::RotationSchedule",
            ("Attachment",),
            SecretId=ref("SiteDatabaseSecret"),
            RotationLambdaARN=function,
            RotationRules={"AutomaticallyAfterDays": 30},
            RotateImmediatelyOnUpdate=False,
        ),
    }


class Secret:
    """One secret of the site."""

    def __init__(self, emulator: Emulator, account: str, arn: str) -> None:
        self.arn = arn
        self.secrets = emulator.client("secretsmanager", account)

    def value(self, stage: str = "AWSCURRENT") -> str:
        """Return the value at a stage."""
        return str(self.secrets.get_secret_value(SecretId=self.arn, VersionStage=stage)["SecretString"])

    def fields(self, stage: str = "AWSCURRENT") -> Json:
        """Return the value as JSON."""
        fields: Json = json.loads(self.value(stage))
        return fields

    def start(self) -> str:
        """Start a rotation; return the version that is to become current."""
        return str(self.secrets.rotate_secret(SecretId=self.arn)["VersionId"])

    def rotate(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Rotate, and wait until the new version is current; call `meanwhile` until then."""
        version = self.start()
        deadline = time.monotonic() + ROTATION_SECONDS
        while "AWSCURRENT" not in self.stages(version):
            assert time.monotonic() < deadline, f"{self.arn} is not rotated after {ROTATION_SECONDS} s"
            meanwhile()
            time.sleep(0.05)

    def stages(self, version: str) -> list[str]:
        """Return a version's stages."""
        found: list[str] = self.secrets.describe_secret(SecretId=self.arn)["VersionIdsToStages"].get(version, [])
        return found

    def give_up(self) -> None:
        """End a rotation that did not come to its end, if there is one, as an operator would."""
        described = self.secrets.describe_secret(SecretId=self.arn)["VersionIdsToStages"]
        pending = [version for version, stages in described.items() if stages == ["AWSPENDING"]]
        for version in pending:
            self._end(version)

    def _end(self, version: str) -> None:
        self.secrets.update_secret_version_stage(
            SecretId=self.arn, VersionStage="AWSPENDING", RemoveFromVersionId=version
        )

    def known(self) -> set[str]:
        """Return every word that must be in no log: the values of all versions, and the passwords in them."""
        found = set()
        for version in self.secrets.describe_secret(SecretId=self.arn)["VersionIdsToStages"]:
            try:
                value = self.secrets.get_secret_value(SecretId=self.arn, VersionId=version)["SecretString"]
            except self.secrets.exceptions.ResourceNotFoundException:
                continue
            found.add(json.loads(value)["password"] if value.startswith("{") else value)
        return found
