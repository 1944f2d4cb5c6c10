"""Resource types added to the emulator: created, changed, replaced, deleted, and seen by their service's API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from tests.emulator.endpoint import Emulator
from tests.emulator.stacks import Stacks

Json = dict[str, Any]
Client = Callable[[str], Any]

ACCOUNT = "200000000010"
_numbers = count()


def ref(name: str) -> Json:
    return {"Ref": name}


def att(name: str, attribute: str) -> Json:
    return {"Fn::GetAtt": [name, attribute]}


VPC = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
SUBNETS = {
    **VPC,
    **{
        f"Subnet{number}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": ref("Vpc"),
                "CidrBlock": {"Fn::Select": [number, {"Fn::Cidr": [att("Vpc", "CidrBlock"), 4, 8]}]},
                "AvailabilityZone": {"Fn::Select": [number, {"Fn::GetAZs": ""}]},
            },
        }
        for number in (0, 1)
    },
}
GROUPS = {
    **VPC,
    **{
        name: {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": name, "VpcId": ref("Vpc")}}
        for name in ("Group", "Other")
    },
}
BALANCER = {
    **SUBNETS,
    "Balancer": {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Subnets": [ref("Subnet0"), ref("Subnet1")]},
    },
}
LOGS = {"LogGroup": {"Type": "AWS::Logs::LogGroup"}, "Bucket": {"Type": "AWS::S3::Bucket"}}
SECRETS = {
    name: {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": {}}}
    for name in ("Secret", "Other")
}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
CHECK = {"Type": "HTTPS", "FullyQualifiedDomainName": "www.example.com", "Port": "443", "RequestInterval": 30}
FUNCTION = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        },
    },
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": att("Role", "Arn"),
            "Code": {"ZipFile": "handler = print"},
        },
    },
    "Permission": {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": ref("Function"),
            "Action": "lambda:InvokeFunction",
            "Principal": "secretsmanager.amazonaws.com",
        },
    },
}
ACL = {
    "DefaultAction": {"Allow": {}},
    "Scope": "REGIONAL",
    "VisibilityConfig": {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"},
}


@dataclass(frozen=True)
class Case:
    """A type: properties that are created with, that change in place, that replace; and what its API shows of it."""

    type: str
    first: Json
    seen: Callable[[Client, str], Any] | None
    changed: Json = field(default_factory=dict)
    replaced: Json = field(default_factory=dict)
    around: Json = field(default_factory=dict)
    attributes: tuple[str, ...] = ()

    def template(self, properties: Json) -> Json:
        """Return a template with the resource, and its attributes as outputs."""
        resource = {"Type": self.type, "DependsOn": sorted(self.around), "Properties": {**self.first, **properties}}
        outputs = {name.replace(".", ""): {"Value": att("It", name)} for name in self.attributes}
        return {"Resources": {**self.around, "It": resource}, "Outputs": {"Ref": {"Value": ref("It")}, **outputs}}


def rules_of(direction: str) -> Callable[[Client, str], Any]:
    def seen(client: Client, rule_id: str) -> Any:
        rules = client("ec2").describe_security_group_rules()["SecurityGroupRules"]
        return [
            rule
            for rule in rules
            if rule["SecurityGroupRuleId"] == rule_id and rule["IsEgress"] == (direction == "egress")
        ]

    return seen


def listed(service: str, operation: str, results: str, identity: str) -> Callable[[Client, str], Any]:
    def seen(client: Client, physical_id: str) -> Any:
        return [
            entry
            for entry in getattr(client(service), operation)()[results]
            if physical_id in (entry[identity], str(entry[identity]).removesuffix("."))
            and entry.get("State") != "deleted"
        ]

    return seen


def rotation(client: Client, arn: str) -> Any:
    found = [entry for entry in client("secretsmanager").list_secrets()["SecretList"] if entry["ARN"] == arn]
    return [entry for entry in found if entry.get("RotationEnabled")]


def secret_policy(client: Client, arn: str) -> Any:
    found = [entry["ARN"] for entry in client("secretsmanager").list_secrets()["SecretList"]]
    return arn in found and client("secretsmanager").get_resource_policy(SecretId=arn).get("ResourcePolicy")


def record_group(client: Client, _name: str) -> Any:
    zones = client("route53").list_hosted_zones()["HostedZones"]
    return [
        record
        for zone in zones
        for record in client("route53").list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        if record["Name"].startswith("www.")
    ]


def budget(client: Client, name: str) -> Any:
    found = client("budgets").describe_budgets(AccountId=ACCOUNT).get("Budgets", [])
    return [entry for entry in found if entry["BudgetName"] == name]


def backup_selection(client: Client, physical_id: str) -> Any:
    selection, _, plan = physical_id.partition("_")
    plans = [entry["BackupPlanId"] for entry in client("backup").list_backup_plans()["BackupPlansList"]]
    if plan not in plans:
        return []
    found = client("backup").list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    return [entry for entry in found if entry["SelectionId"] == selection]


def vpc_blocks(client: Client, association: str) -> Any:
    return [
        entry
        for vpc in client("ec2").describe_vpcs()["Vpcs"]
        for entry in vpc.get("Ipv6CidrBlockAssociationSet", [])
        if entry["AssociationId"] == association
    ]


def protection(client: Client, physical_id: str) -> Any:
    acl, _, resource = physical_id.partition("|")
    return resource in client("wafv2").list_resources_for_web_acl(WebACLArn=acl)["ResourceArns"]


def vpc_origin(client: Client, origin_id: str) -> Any:
    found = client("cloudfront").list_vpc_origins()["VpcOriginList"].get("Items", [])
    return [entry for entry in found if entry["Id"] == origin_id]


def composite_alarm(client: Client, name: str) -> Any:
    return client("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]


RULE = {"GroupId": ref("Group"), "IpProtocol": "tcp", "FromPort": "80", "ToPort": 80, "CidrIp": "10.0.0.0/8"}

CASES = [
    Case(
        "AWS::Route53::HealthCheck",
        {"HealthCheckConfig": CHECK, "HealthCheckTags": [{"Key": "Name", "Value": "a"}]},
        listed("route53", "list_health_checks", "HealthChecks", "Id"),
        {"HealthCheckConfig": {**CHECK, "ResourcePath": "/other", "FailureThreshold": 2}},
        {"HealthCheckConfig": {**CHECK, "RequestInterval": 10}},
        attributes=("HealthCheckId",),
    ),
    Case(
        "AWS::Route53::RecordSetGroup",
        {
            "HostedZoneId": ref("Zone"),
            "RecordSets": [{"Name": "www.example.org", "Type": "CNAME", "TTL": "60", "ResourceRecords": ["a.example"]}],
        },
        record_group,
        {
            "RecordSets": [
                {"Name": "www.example.org", "Type": "CNAME", "TTL": "60", "ResourceRecords": ["b.example"]},
                {"Name": "www.a.example.org", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"]},
            ]
        },
        around={"Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.org"}}},
    ),
    Case(
        "AWS::EC2::SecurityGroupIngress",
        RULE,
        rules_of("ingress"),
        {"Description": "said otherwise"},
        {"FromPort": 443, "ToPort": 443},
        GROUPS,
        ("Id",),
    ),
    Case(
        "AWS::EC2::SecurityGroupEgress",
        {"GroupId": ref("Group"), "IpProtocol": "-1", "DestinationSecurityGroupId": ref("Other")},
        rules_of("egress"),
        {"Description": "said otherwise"},
        {"GroupId": ref("Other")},
        GROUPS,
    ),
    Case(
        "AWS::EC2::EIP",
        {"Domain": "vpc"},
        listed("ec2", "describe_addresses", "Addresses", "PublicIp"),
        {"Tags": [{"Key": "Name", "Value": "a"}]},
        {"NetworkBorderGroup": "us-east-1-x"},
        attributes=("AllocationId", "PublicIp"),
    ),
    Case(
        "AWS::EC2::NatGateway",
        {"SubnetId": ref("Subnet0"), "AllocationId": att("Eip", "AllocationId")},
        listed("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
        {"Tags": [{"Key": "Name", "Value": "a"}]},
        {"SubnetId": ref("Subnet1")},
        {**SUBNETS, "Eip": {"Type": "AWS::EC2::EIP"}},
        ("NatGatewayId",),
    ),
    Case(
        "AWS::EC2::FlowLog",
        {
            "ResourceId": ref("Vpc"),
            "ResourceType": "VPC",
            "TrafficType": "REJECT",
            "LogDestinationType": "s3",
            "LogDestination": att("Bucket", "Arn"),
        },
        listed("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
        replaced={"TrafficType": "ALL"},
        around={**VPC, **LOGS},
        attributes=("Id",),
    ),
    Case(
        "AWS::EC2::VPCCidrBlock",
        {"VpcId": ref("Vpc"), "AmazonProvidedIpv6CidrBlock": True},
        vpc_blocks,
        replaced={"VpcId": ref("Vpc2")},
        around={**VPC, "Vpc2": VPC["Vpc"]},
    ),
    Case(
        "AWS::EC2::EgressOnlyInternetGateway",
        {"VpcId": ref("Vpc")},
        listed(
            "ec2",
            "describe_egress_only_internet_gateways",
            "EgressOnlyInternetGateways",
            "EgressOnlyInternetGatewayId",
        ),
        {"Tags": [{"Key": "Name", "Value": "a"}]},
        {"VpcId": ref("Vpc2")},
        {**VPC, "Vpc2": VPC["Vpc"]},
        ("Id",),
    ),
    Case(
        "AWS::SecretsManager::RotationSchedule",
        {
            "SecretId": ref("Secret"),
            "RotationLambdaARN": att("Function", "Arn"),
            "RotateImmediatelyOnUpdate": "false",
            "RotationRules": {"AutomaticallyAfterDays": "30"},
        },
        rotation,
        {"RotationRules": {"ScheduleExpression": "rate(10 days)"}},
        {"SecretId": ref("Other")},
        {**SECRETS, **FUNCTION},
    ),
    Case(
        "AWS::SecretsManager::ResourcePolicy",
        {"SecretId": ref("Secret"), "ResourcePolicy": POLICY},
        secret_policy,
        {"ResourcePolicy": {**POLICY, "Id": "other"}, "BlockPublicPolicy": "true"},
        {"SecretId": ref("Other")},
        SECRETS,
    ),
    Case(
        "AWS::CloudFront::VpcOrigin",
        {
            "VpcOriginEndpointConfig": {
                "Arn": ref("Balancer"),
                "Name": "origin",
                "HTTPPort": "80",
                "HTTPSPort": 443,
                "OriginProtocolPolicy": "https-only",
            }
        },
        vpc_origin,
        {"VpcOriginEndpointConfig": {"Arn": ref("Balancer"), "Name": "other", "OriginProtocolPolicy": "http-only"}},
        around=BALANCER,
        attributes=("Id", "Arn", "Status"),
    ),
    Case(
        "AWS::CloudWatch::CompositeAlarm",
        {"AlarmRule": "TRUE"},
        composite_alarm,
        {"AlarmRule": "FALSE", "AlarmDescription": "never"},
        {"AlarmName": "named"},
        attributes=("Arn",),
    ),
    Case(
        "AWS::Logs::DeliverySource",
        {"Name": "source", "ResourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/A", "LogType": "ACCESS_LOGS"},
        listed("logs", "describe_delivery_sources", "deliverySources", "name"),
        replaced={"Name": "source2"},
        attributes=("Arn", "Service"),
    ),
    Case(
        "AWS::Logs::DeliveryDestination",
        {"Name": "destination", "DestinationResourceArn": att("Bucket", "Arn"), "OutputFormat": "json"},
        listed("logs", "describe_delivery_destinations", "deliveryDestinations", "name"),
        {"Tags": [{"Key": "a", "Value": "b"}]},
        {"Name": "destination2"},
        LOGS,
        ("Arn",),
    ),
    Case(
        "AWS::Logs::Delivery",
        {
            "DeliverySourceName": ref("Source"),
            "DeliveryDestinationArn": att("Destination", "Arn"),
            "S3SuffixPath": "{yyyy}/{MM}",
            "S3EnableHiveCompatiblePath": "true",
        },
        listed("logs", "describe_deliveries", "deliveries", "id"),
        {"S3SuffixPath": "{yyyy}"},
        {"DeliverySourceName": ref("Source2")},
        {
            **LOGS,
            **{
                name: {
                    "Type": "AWS::Logs::DeliverySource",
                    "Properties": {
                        "Name": name.lower(),
                        "ResourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/{name}",
                        "LogType": "ACCESS_LOGS",
                    },
                }
                for name in ("Source", "Source2")
            },
            "Destination": {
                "Type": "AWS::Logs::DeliveryDestination",
                "Properties": {"Name": "both", "DestinationResourceArn": att("Bucket", "Arn")},
            },
        },
        ("Arn", "DeliveryId"),
    ),
    Case(
        "AWS::FIS::ExperimentTemplate",
        {"Description": "drill", "RoleArn": "arn:aws:iam::1:role/r", "StopConditions": [], "Targets": {}},
        None,
        {"Description": "other drill"},
        attributes=("Id",),
    ),
    Case(
        "AWS::ARCZonalShift::ZonalAutoshiftConfiguration",
        {"ResourceIdentifier": ref("Balancer"), "ZonalAutoshiftStatus": "DISABLED"},
        None,
        {"ZonalAutoshiftStatus": "ENABLED"},
        around=BALANCER,
    ),
    Case(
        "AWS::Budgets::Budget",
        {"Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": 10, "Unit": "USD"}}},
        budget,
        {"Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": 20, "Unit": "USD"}}},
        {
            "Budget": {
                "BudgetName": "named",
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": 20, "Unit": "USD"},
            }
        },
    ),
    Case(
        "AWS::Backup::BackupSelection",
        {
            "BackupPlanId": ref("Plan"),
            "BackupSelection": {"SelectionName": "all", "IamRoleArn": "arn:aws:iam::1:role/r", "Resources": ["*"]},
        },
        backup_selection,
        replaced={
            "BackupSelection": {"SelectionName": "some", "IamRoleArn": "arn:aws:iam::1:role/r", "Resources": ["a"]}
        },
        around={
            "Vault": {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "vault"}},
            "Plan": {
                "Type": "AWS::Backup::BackupPlan",
                "Properties": {
                    "BackupPlan": {
                        "BackupPlanName": "plan",
                        "BackupPlanRule": [{"RuleName": "daily", "TargetBackupVault": ref("Vault")}],
                    }
                },
            },
        },
        attributes=("SelectionId", "BackupPlanId"),
    ),
    Case(
        "AWS::ElastiCache::ServerlessCache",
        {
            "ServerlessCacheName": "cache",
            "Engine": "valkey",
            "CacheUsageLimits": {"DataStorage": {"Maximum": "5", "Unit": "GB"}},
        },
        listed("elasticache", "describe_serverless_caches", "ServerlessCaches", "ServerlessCacheName"),
        {"Description": "other"},
        {"ServerlessCacheName": "cache2"},
        attributes=("ARN", "Endpoint.Address", "Endpoint.Port", "ReaderEndpoint.Address", "ReaderEndpoint.Port"),
    ),
    Case(
        "AWS::WAFv2::WebACLAssociation",
        {"WebACLArn": att("Acl", "Arn"), "ResourceArn": ref("Balancer")},
        protection,
        replaced={"WebACLArn": att("Acl2", "Arn")},
        around={
            **BALANCER,
            "Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": ACL},
            "Acl2": {"Type": "AWS::WAFv2::WebACL", "Properties": ACL},
        },
    ),
]


@pytest.fixture(scope="module")
def stacks(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.type)
def test_created_changed_replaced_deleted(stacks: Stacks, case: Case) -> None:
    name = f"case-{next(_numbers)}"
    seen = case.seen or (lambda _client, _id: True)
    client = stacks.session.client

    created = stacks.create(name, case.template({}))
    assert created["StackStatus"] == "CREATE_COMPLETE", created["Reasons"]
    first = created["Ids"]["It"]
    assert created["Values"]["Ref"] == first
    assert all(created["Values"].values()), created["Values"]
    assert (before := seen(client, first))

    if case.changed:
        changed = stacks.update(name, case.template(case.changed))
        assert changed["StackStatus"] == "UPDATE_COMPLETE", changed["Reasons"]
        assert changed["Ids"]["It"] == first
        assert set(changed["Values"]) == set(created["Values"])
        assert seen(client, first)
        if "Tags" not in case.changed and case.seen not in (None, rotation, vpc_origin, budget):
            assert seen(client, first) != before or case.type.endswith("ServerlessCache")
    if case.replaced:
        replaced = stacks.update(name, case.template(case.replaced))
        assert replaced["StackStatus"] == "UPDATE_COMPLETE", replaced["Reasons"]
        second = replaced["Ids"]["It"]
        assert second != first
        assert seen(client, second)
        assert case.seen is None or not seen(client, first)
        first = second

    assert stacks.delete(name)["StackStatus"] == "DELETE_COMPLETE"
    assert case.seen in (None, protection) or not seen(client, first)
