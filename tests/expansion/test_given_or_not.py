"""Properties of which only the presence decides something: any intrinsic is allowed, and empty is absent."""

from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError

DOMAIN = {"DomainName": "www.example.com", "HostedZoneId": {"Ref": "Zone"}}
PARAMETERS = {"Zone": {"Type": "String"}, "Optional": {"Type": "String"}}


def expand(properties: dict[str, Any], optional: str = "", **more: Any) -> dict[str, Any]:
    template = {
        "Parameters": PARAMETERS,
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}, **more},
    }
    values = {"Zone": "Z0123456789ABCDEFGHIJ", "Optional": optional}
    resources: dict[str, Any] = expand_template(template, values, "us-east-1")["Resources"]
    return resources


def test_certificate_of_the_same_template() -> None:
    own = {"Type": "AWS::CertificateManager::Certificate", "Properties": {"DomainName": "www.example.com"}}
    resources = expand({**DOMAIN, "CertificateArn": {"Ref": "Own"}}, Own=own)
    viewer = resources["SiteDistribution"]["Properties"]["DistributionConfig"]["ViewerCertificate"]
    assert viewer["AcmCertificateArn"] == {"Ref": "Own"}
    assert "SiteEdgeCertificate" not in resources


@pytest.mark.parametrize(
    ("properties", "made"),
    [
        ({**DOMAIN, "CertificateArn": {"Ref": "Optional"}}, "SiteEdgeCertificate"),
        ({"Monitoring": {"AlarmTopicArn": {"Ref": "Optional"}}}, "SiteAlarmTopic"),
        ({"Network": {"VpcId": {"Ref": "Optional"}}}, "SiteVpc"),
    ],
)
def test_empty_parameter_is_as_good_as_absent(properties: dict[str, Any], made: str) -> None:
    assert made in expand(properties)


def test_parameter_with_a_value_stays_a_reference() -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:on-call"
    resources = expand({"Monitoring": {"AlarmTopicArn": {"Ref": "Optional"}}}, topic)
    assert "SiteAlarmTopic" not in resources
    assert resources["SiteLatencyAlarm"]["Properties"]["AlarmActions"] == [{"Ref": "Optional"}]


def test_subnets_of_the_same_template() -> None:
    subnets = [{"Ref": "A"}, {"Fn::ImportValue": "b"}]
    network = {"VpcId": {"Fn::ImportValue": "vpc"}, "PublicSubnetIds": subnets, "DatabaseSubnetIds": subnets}
    resources = expand({"Network": network}, A={"Type": "AWS::EC2::Subnet", "Properties": {}})
    assert resources["SiteAutoScalingGroup"]["Properties"]["VPCZoneIdentifier"] == subnets
    assert resources["SiteAutoScalingGroup"]["Properties"]["MinSize"] == "2"
    assert "SiteVpc" not in resources


def test_subnets_in_one_imported_text_are_refused_with_what_works() -> None:
    text = {"Fn::Split": [",", {"Fn::ImportValue": "subnets"}]}
    network = {"VpcId": {"Fn::ImportValue": "vpc"}, "PublicSubnetIds": text}
    with pytest.raises(InvalidTemplateError) as error:
        expand({"Network": network, "Database": False})
    (problem,) = error.value.problems
    assert problem.path.endswith(".PublicSubnetIds")
    assert "[!Select [0, !Split [',', !ImportValue 'subnets']], !Select [1, ...]]" in problem.fix
    each = [{"Fn::Select": [index, text]} for index in range(2)]
    resources = expand({"Network": {**network, "PublicSubnetIds": each}, "Database": False})
    assert resources["SiteAutoScalingGroup"]["Properties"]["VPCZoneIdentifier"] == each


def test_servers_without_a_way_out_have_endpoints_for_what_they_need() -> None:
    network = {"WebSubnets": "Private", "NatGateways": "None", "EndpointServices": ["sqs"]}
    bodies = expand({"Network": network}).values()
    endpoints = [body["Properties"] for body in bodies if body["Type"] == "AWS::EC2::VPCEndpoint"]
    services = {each["ServiceName"]["Fn::Sub"].rpartition(".")[2] for each in endpoints}
    own = {"autoscaling", "cloudformation", "ec2", "logs", "monitoring", "secretsmanager", "ssm", "ssmmessages"}
    assert services == own | {"s3", "sqs"}


VPC = {"VpcId": "vpc-12345678"}
SUBNETS = ["subnet-11111111", "subnet-22222222"]

# properties -> the path that is named, and what the advice begins with
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "existing VPC without subnets": (
        {"Network": VPC, "Database": False},
        "Network.PublicSubnetIds",
        "write the load balancer's subnets",
    ),
    "existing VPC without private subnets": (
        {"Network": {**VPC, "PublicSubnetIds": SUBNETS}},
        "Network.DatabaseSubnetIds",
        "write two or more subnets",
    ),
    "one subnet for two zones": (
        {"Network": {**VPC, "PublicSubnetIds": SUBNETS[:1] * 2, "DatabaseSubnetIds": SUBNETS}},
        "Network.PublicSubnetIds",
        "list each subnet once, one per zone",
    ),
    "subnets without their VPC": (
        {"Network": {"PublicSubnetIds": SUBNETS}},
        "Network.PublicSubnetIds",
        "write the VpcId of these subnets",
    ),
    "NAT in somebody else's VPC": (
        {
            "Network": {**VPC, "PublicSubnetIds": SUBNETS, "DatabaseSubnetIds": SUBNETS, "NatGateways": "None"},
        },
        "Network.NatGateways",
        "leave it out",
    ),
    "no NAT for public subnets": ({"Network": {"NatGateways": "None"}}, "Network.NatGateways", "write WebSubnets: P"),
    "internal in public subnets": ({"LoadBalancer": {"Scheme": "internal"}}, "LoadBalancer.Scheme", "write Network"),
    "internal front door": (
        {**DOMAIN, "FrontDoor": "LoadBalancer", "LoadBalancer": {"Scheme": "internal"}},
        "LoadBalancer.Scheme",
        "write Scheme: internet-facing",
    ),
    "TLS that health checkers have not": (
        {
            **DOMAIN,
            "FrontDoor": "LoadBalancer",
            "LoadBalancer": {"SslPolicy": "ELBSecurityPolicy-TLS13-1-3-2021-06"},
        },
        "LoadBalancer.SslPolicy",
        "write one that includes TLS 1.2",
    ),
    "both architectures": (
        {"WebServers": {"InstanceType": "t4g.small", "InstanceTypes": ["t3.small"]}},
        "WebServers.InstanceTypes",
        "use only one",
    ),
    "two applications": (
        {"WebServers": {"UserData": "x", "Artifact": {"Bucket": "b", "Key": "k", "Command": "c"}}},
        "WebServers.UserData",
        "write one of them",
    ),
    "half an artifact": (
        {"WebServers": {"Artifact": {"Bucket": "b", "Key": "k"}}},
        "WebServers.Artifact.Command",
        "write",
    ),
    "schedule without a time": (
        {"WebServers": {"ScheduledActions": [{"MinSize": 4}]}},
        "WebServers.ScheduledActions[0]",
        "write Recurrence or StartTime",
    ),
    "windows that collide": (
        {
            "Database": {
                "PreferredBackupWindow": "23:30-00:30",
                "PreferredMaintenanceWindow": "sun:00:00-sun:01:00",
            }
        },
        "Database.PreferredBackupWindow",
        "move one of them",
    ),
    "insights on a small class": (
        {"Database": {"DatabaseInsightsMode": "advanced"}},
        "Database.DatabaseInsightsMode",
        "write a DBInstanceClass",
    ),
    "Memcached with a password": (
        {"Cache": {"Engine": "memcached", "Authentication": True}},
        "Cache.Authentication",
        "leave it out",
    ),
    "web ACL elsewhere": (
        {"Security": {"WebACLArn": "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/b"}},
        "Security.WebACLArn",
        "write the ARN of a web ACL with scope CLOUDFRONT in us-east-1",
    ),
    "saved pages without a name": ({"Fallback": {"Source": {"Crawl": True}}}, "Fallback.Source", "write DomainName"),
    "two sources": (
        {**DOMAIN, "Fallback": {"Source": {"Crawl": True, "BucketPrefix": {"Bucket": "b"}}}},
        "Fallback.Source",
        "write one of them: Crawl: true, or",
    ),
    "saved pages behind the load balancer": (
        {**DOMAIN, "FrontDoor": "LoadBalancer", "Fallback": {"Source": {"Crawl": True}}},
        "Fallback.Source",
        "write FrontDoor: CloudFront",
    ),
    "saved pages in another Region": (
        {**DOMAIN, "Fallback": {"Region": "us-west-2", "Source": {"Crawl": True}}},
        "Fallback.Source",
        "write one of them",
    ),
    "nobody to tell": ({"Monitoring": {"MonthlyBudget": 5}}, "Monitoring.MonthlyBudget", "write one of them too"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_work_is_refused_with_what_to_do(name: str) -> None:
    properties, path, advice = REFUSED[name]
    with pytest.raises(InvalidTemplateError) as caught:
        expand(properties)
    found = {problem.path: problem.fix for problem in caught.value.problems}
    assert list(found) == [f"Resources.Site.Properties.{path}"]
    assert found[f"Resources.Site.Properties.{path}"].startswith(advice)
