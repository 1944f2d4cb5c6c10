"""What a stack's resources are in the account: made in moto where a function touches them, else only a name."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tests.isolation.account import ACCOUNT, Account
from tests.isolation.wire import Json


@dataclass(frozen=True)
class DeployedResource:
    """A resource: what Ref and Fn::GetAtt give, and the ARN that its tags are kept under."""

    ref: str
    arn: str = ""
    attributes: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a resource is made: the account, its stack's name and Region, and its logical id."""

    account: Account
    stack: str
    region: str
    logical_id: str

    @property
    def name(self) -> str:
        """The name that CloudFormation gives to a resource without one."""
        digest = sha256(f"{self.stack}{self.logical_id}".encode()).hexdigest()
        return f"{self.stack}-{self.logical_id}-{digest[:12].upper()}"

    def arn(self, service: str, rest: str, region: str | None = None) -> str:
        """Return an ARN of the account."""
        return f"arn:aws:{service}:{self.region if region is None else region}:{ACCOUNT}:{rest}"

    def client(self, service: str) -> Any:
        """Return a client in the stack's Region, that may do everything."""
        return self.account.client(service, self.region)


Maker = Callable[[Place, Json], DeployedResource]


def _bucket(place: Place, properties: Json) -> DeployedResource:
    name = properties.get("BucketName", f"{place.stack[:24]}-{place.name[-36:]}".lower())
    s3 = place.client("s3")
    location = (
        {} if place.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": place.region}}
    )
    s3.create_bucket(Bucket=name, **location)
    if "VersioningConfiguration" in properties:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"])
    domain = f"{name}.s3.{place.region}.amazonaws.com"
    arn = f"arn:aws:s3:::{name}"
    return DeployedResource(name, arn, {"Arn": arn, "RegionalDomainName": domain, "DomainName": domain})


def _role(place: Place, properties: Json) -> DeployedResource:
    name, path = properties.get("RoleName", place.name[:64]), properties.get("Path", "/")
    trust = '{"Version": "2012-10-17", "Statement": []}'
    place.client("iam").create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust)
    arn = place.arn("iam", f"role{path}{name}", "")
    return DeployedResource(name, arn, {"Arn": arn, "RoleId": f"AROA{place.name[-12:]}"})


def _function(place: Place, properties: Json) -> DeployedResource:
    name = properties.get("FunctionName", place.name[:64])
    place.client("lambda").create_function(
        FunctionName=name,
        Role=properties["Role"],
        Runtime="python3.13",
        Handler=properties["Handler"],
        Code={"ZipFile": b"never run here"},
    )
    arn = place.arn("lambda", f"function:{name}")
    return DeployedResource(name, arn, {"Arn": arn})


def _secret(place: Place, properties: Json) -> DeployedResource:
    made = properties.get("GenerateSecretString", {})
    password = f"{place.stack}{uuid.uuid4().hex}"
    value = password
    if template := made.get("SecretStringTemplate"):
        value = template.rstrip().removesuffix("}") + f', "{made["GenerateStringKey"]}": "{password}"}}'
    arn = place.client("secretsmanager").create_secret(Name=place.name, SecretString=value)["ARN"]
    return DeployedResource(arn, arn, {"Id": arn, "Arn": arn})


def _database(place: Place, properties: Json) -> DeployedResource:
    name = properties.get("DBInstanceIdentifier", place.name.lower())
    place.client("rds").create_db_instance(
        DBInstanceIdentifier=name,
        Engine="mysql",
        DBInstanceClass="db.t4g.small",
        AllocatedStorage=20,
        MasterUsername=properties.get("MasterUsername", "website"),
        MasterUserPassword=properties.get("MasterUserPassword", "before-any-rotation"),
    )
    arn = place.arn("rds", f"db:{name}")
    endpoint = {"Endpoint.Address": f"{name}.rds.amazonaws.com", "Endpoint.Port": "3306"}
    return DeployedResource(name, arn, {"DBInstanceArn": arn, "DbiResourceId": f"db-{place.name[-12:]}", **endpoint})


def _load_balancer(place: Place, _properties: Json) -> DeployedResource:
    subnets = [subnet["SubnetId"] for subnet in place.client("ec2").describe_subnets()["Subnets"][:2]]
    name = sha256(place.name.encode()).hexdigest()[:20]
    made = place.client("elbv2").create_load_balancer(Name=name, Subnets=subnets)["LoadBalancers"][0]
    arn = str(made["LoadBalancerArn"])
    full_name = arn.partition(":loadbalancer/")[2]
    names = {"LoadBalancerArn": arn, "LoadBalancerFullName": full_name, "LoadBalancerName": name}
    return DeployedResource(arn, arn, {"DNSName": made["DNSName"], "CanonicalHostedZoneID": "Z1", **names})


def _target_group(place: Place, _properties: Json) -> DeployedResource:
    vpc = place.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    name = sha256(place.name.encode()).hexdigest()[:20]
    made = place.client("elbv2").create_target_group(Name=name, Protocol="HTTP", Port=8080, VpcId=vpc)["TargetGroups"][
        0
    ]
    arn = str(made["TargetGroupArn"])
    return DeployedResource(
        arn, arn, {"TargetGroupArn": arn, "TargetGroupFullName": arn.rpartition(":")[2], "TargetGroupName": name}
    )


_REFUSAL = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403", "ContentType": "text/plain"}}


def _listener(place: Place, properties: Json) -> DeployedResource:
    made = place.client("elbv2").create_listener(
        LoadBalancerArn=properties["LoadBalancerArn"],
        Protocol="HTTP",
        Port=int(properties["Port"]),
        DefaultActions=[_REFUSAL],
    )
    arn = str(made["Listeners"][0]["ListenerArn"])
    return DeployedResource(arn, arn, {"ListenerArn": arn})


def _listener_rule(place: Place, properties: Json) -> DeployedResource:
    made = place.client("elbv2").create_rule(
        ListenerArn=properties["ListenerArn"],
        Priority=int(properties["Priority"]),
        Conditions=properties["Conditions"],
        Actions=[_REFUSAL],
    )
    arn = str(made["Rules"][0]["RuleArn"])
    return DeployedResource(arn, arn, {"RuleArn": arn})


def _distribution(place: Place, properties: Json) -> DeployedResource:
    config = properties["DistributionConfig"]
    origins = [_origin(origin) for origin in config["Origins"]]
    behavior = {"TargetOriginId": origins[0]["Id"], "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "any"}
    made = place.account.client("cloudfront", "us-east-1").create_distribution(
        DistributionConfig={
            "CallerReference": place.name,
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": len(origins), "Items": origins},
            "DefaultCacheBehavior": behavior,
        }
    )["Distribution"]
    arn = str(made["ARN"])
    place.account.web_acls[arn] = config.get("WebACLId", "")
    vpc_origins = [
        origin["VpcOriginConfig"]["VpcOriginId"] for origin in config["Origins"] if "VpcOriginConfig" in origin
    ]
    place.account.origins[arn] = [place.arn("cloudfront", f"vpcorigin/{name}", "") for name in vpc_origins]
    return DeployedResource(made["Id"], arn, {"Id": made["Id"], "DomainName": made["DomainName"]})


def _origin(origin: Json) -> Json:
    headers = [dict(entry) for entry in origin.get("OriginCustomHeaders", [])]
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    return {
        "Id": origin["Id"],
        "DomainName": origin["DomainName"],
        "CustomHeaders": {"Quantity": len(headers), "Items": headers},
        "CustomOriginConfig": custom,
    }


def _log_group(place: Place, properties: Json) -> DeployedResource:
    name = properties.get("LogGroupName", place.name)
    arn = place.arn("logs", f"log-group:{name}")
    return DeployedResource(name, arn, {"Arn": f"{arn}:*"})


def _topic(place: Place, _properties: Json) -> DeployedResource:
    arn = place.arn("sns", place.name)
    return DeployedResource(arn, arn, {"TopicArn": arn, "TopicName": place.name})


def _rule(place: Place, properties: Json) -> DeployedResource:
    name = properties.get("Name", place.name[:64])
    place.client("events").put_rule(Name=name, ScheduleExpression="rate(1 day)")
    arn = place.arn("events", f"rule/{name}")
    return DeployedResource(name, arn, {"Arn": arn})


def other(place: Place, kind: str) -> DeployedResource:
    """Return a resource that no function touches: a name."""
    service, _, what = kind.removeprefix("AWS::").lower().partition("::")
    arn = place.arn(service, f"{what}/{place.name}")
    return DeployedResource(place.name, arn, {"Arn": arn, "Id": place.name})


MAKERS: dict[str, Maker] = {
    "AWS::S3::Bucket": _bucket,
    "AWS::IAM::Role": _role,
    "AWS::Lambda::Function": _function,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::RDS::DBInstance": _database,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _load_balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
    "AWS::ElasticLoadBalancingV2::Listener": _listener,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _listener_rule,
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::SNS::Topic": _topic,
    "AWS::Events::Rule": _rule,
}
