"""What a web architecture expects of CloudFormation, and gets on the emulator: attributes, policies, references."""

from pathlib import Path
from typing import Any

import pytest

from tests.emulator.endpoint import Emulator
from tests.emulator.stacks import Stacks

ACCOUNT = "200000000030"

NETWORK = """
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  S0: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]],
    AvailabilityZone: !Select [0, !GetAZs ""]}}
  S1: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]],
    AvailabilityZone: !Select [1, !GetAZs ""]}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: group, VpcId: !Ref Vpc}}
"""
ROLE = """
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [
    {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}}}
"""

# name -> (resources, the attributes that have to have a value)
TIERS: dict[str, tuple[str, str]] = {
    "network": (
        NETWORK
        + """
  Block: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Six:
    Type: AWS::EC2::Subnet
    DependsOn: Block
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: 10.0.9.0/24
      Ipv6CidrBlock: !Select [1, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 8, 64]]
      AssignIpv6AddressOnCreation: true
  Six6: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Select [0, !GetAtt Six.Ipv6CidrBlocks]}}
""",
        "Vpc.CidrBlock Vpc.DefaultSecurityGroup Vpc.DefaultNetworkAcl S0.AvailabilityZone S0.VpcId Group.GroupId Six6.Value",
    ),
    "load balancer": (
        NETWORK
        + """
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Subnets: [!Ref S0, !Ref S1]
      SecurityGroups: [!Ref Group]
      LoadBalancerAttributes: [{Key: idle_timeout.timeout_seconds, Value: "60"}]
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, Port: 80, Protocol: HTTP, HealthCheckPath: /health, Matcher: {HttpCode: "200"}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: forward, ForwardConfig: {TargetGroups: [{TargetGroupArn: !Ref Targets, Weight: 1}]}}]
  Acl:
    Type: AWS::WAFv2::WebACL
    Properties:
      Scope: REGIONAL
      DefaultAction: {Allow: {}}
      VisibilityConfig: {SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: m}
""",
        "Balancer.DNSName Balancer.CanonicalHostedZoneID Balancer.LoadBalancerFullName Targets.TargetGroupFullName Acl.Arn",
    ),
    "servers": (
        NETWORK
        + ROLE
        + """
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {InstanceType: t4g.small, IamInstanceProfile: {Arn: !GetAtt Profile.Arn}}}
  Servers:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: 2, Timeout: PT15M}}
    UpdatePolicy: {AutoScalingRollingUpdate: {MinInstancesInService: 1, WaitOnResourceSignals: true, PauseTime: PT15M}}
    Properties:
      MinSize: "2"
      MaxSize: "4"
      VPCZoneIdentifier: [!Ref S0, !Ref S1]
      LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: !GetAtt Template.LatestVersionNumber}
  Policy:
    Type: AWS::AutoScaling::ScalingPolicy
    Properties:
      AutoScalingGroupName: !Ref Servers
      PolicyType: TargetTrackingScaling
      TargetTrackingConfiguration:
        {TargetValue: 50, PredefinedMetricSpecification: {PredefinedMetricType: ASGAverageCPUUtilization}}
  Hook:
    Type: AWS::AutoScaling::LifecycleHook
    Properties: {AutoScalingGroupName: !Ref Servers, LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING"}
  Schedule:
    Type: AWS::AutoScaling::ScheduledAction
    Properties: {AutoScalingGroupName: !Ref Servers, MinSize: 3, Recurrence: 0 8 * * *}
""",
        "Role.Arn Role.RoleId Profile.Arn Template.LatestVersionNumber Template.DefaultVersionNumber "
        "Servers.AutoScalingGroupARN Policy.Arn",
    ),
    "database": (
        NETWORK
        + """
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {SecretStringTemplate: '{"username": "admin"}', GenerateStringKey: password}}
  Subnets: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref S0, !Ref S1]}}
  Parameters: {Type: AWS::RDS::DBParameterGroup, Properties: {Family: mysql8.4, Description: d}}
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    Properties:
      Engine: mysql
      EngineVersion: "8.4"
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: "20"
      MultiAZ: true
      DBSubnetGroupName: !Ref Subnets
      DBParameterGroupName: !Ref Parameters
      VPCSecurityGroups: [!Ref Group]
      MasterUsername: !Sub "{{resolve:secretsmanager:${Secret}:SecretString:username}}"
      MasterUserPassword: !Sub "{{resolve:secretsmanager:${Secret}:SecretString:password}}"
  Replica:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    Properties: {SourceDBInstanceIdentifier: !Ref Database, DBInstanceClass: db.t4g.micro}
  Managed:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    Properties: {Engine: mysql, DBInstanceClass: db.t4g.micro, MasterUsername: a, ManageMasterUserPassword: true}
  Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties: {SecretId: !Ref Secret, TargetId: !Ref Database, TargetType: "AWS::RDS::DBInstance"}
""",
        "Database.Endpoint.Address Database.Endpoint.Port Database.DBInstanceArn Database.DbiResourceId "
        "Database.Endpoint.HostedZoneId Replica.Endpoint.Address Replica.Endpoint.Port Managed.MasterUserSecret.SecretArn",
    ),
    "cache": (
        NETWORK
        + """
  Subnets: {Type: AWS::ElastiCache::SubnetGroup, Properties: {Description: d, SubnetIds: [!Ref S0, !Ref S1]}}
  Parameters:
    Type: AWS::ElastiCache::ParameterGroup
    Properties: {CacheParameterGroupFamily: valkey8, Description: d, Properties: {maxmemory-policy: allkeys-lru}}
  Valkey:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupDescription: d
      Engine: valkey
      CacheNodeType: cache.t4g.micro
      NumCacheClusters: 2
      AutomaticFailoverEnabled: true
      MultiAZEnabled: true
      CacheSubnetGroupName: !Ref Subnets
      CacheParameterGroupName: !Ref Parameters
      SecurityGroupIds: [!Ref Group]
  Sharded:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: {ReplicationGroupDescription: d, Engine: valkey, CacheNodeType: cache.t4g.micro, NumNodeGroups: 3,
      ReplicasPerNodeGroup: 1, AutomaticFailoverEnabled: true}
  Memcached:
    Type: AWS::ElastiCache::CacheCluster
    Properties: {Engine: memcached, CacheNodeType: cache.t4g.micro, NumCacheNodes: 2, AZMode: cross-az}
""",
        "Valkey.PrimaryEndPoint.Address Valkey.PrimaryEndPoint.Port Valkey.ReaderEndPoint.Address Valkey.ReaderEndPoint.Port "
        "Sharded.ConfigurationEndPoint.Address Memcached.ConfigurationEndpoint.Address Memcached.ConfigurationEndpoint.Port",
    ),
    "names": (
        NETWORK
        + """
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: platform.example}}
  Private:
    Type: AWS::Route53::HostedZone
    Properties: {Name: internal.example, VPCs: [{VPCId: !Ref Vpc, VPCRegion: !Ref AWS::Region}]}
  Certificate:
    Type: AWS::CertificateManager::Certificate
    Properties:
      DomainName: www.platform.example
      ValidationMethod: DNS
      DomainValidationOptions: [{DomainName: www.platform.example, HostedZoneId: !Ref Zone}]
  One: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: w.platform.example, Type: A, TTL: "60",
    ResourceRecords: [192.0.2.1], SetIdentifier: one, Weight: 1}}
  Two: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: w.platform.example, Type: A, TTL: "60",
    ResourceRecords: [192.0.2.2], SetIdentifier: two, Weight: 0}}
  Servers: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Join [" ", !GetAtt Zone.NameServers]}}
""",
        "Zone.Id Private.Id Servers.Value",
    ),
    "delivery": (
        """
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerEnforced}]}
      PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
      VersioningConfiguration: {Status: Enabled}
      LifecycleConfiguration: {Rules: [{Id: old, Status: Enabled, NoncurrentVersionExpiration: {NoncurrentDays: 30}}]}
  Function:
    Type: AWS::CloudFront::Function
    Properties: {Name: f, AutoPublish: true, FunctionCode: "function handler(event) {return event.request;}",
      FunctionConfig: {Comment: c, Runtime: cloudfront-js-2.0}}
  Cache:
    Type: AWS::CloudFront::CachePolicy
    Properties: {CachePolicyConfig: {Name: c, MinTTL: 0, MaxTTL: 1, DefaultTTL: 1, ParametersInCacheKeyAndForwardedToOrigin:
      {CookiesConfig: {CookieBehavior: none}, HeadersConfig: {HeaderBehavior: none}, QueryStringsConfig: {QueryStringBehavior: all},
       EnableAcceptEncodingGzip: true}}}
  Request:
    Type: AWS::CloudFront::OriginRequestPolicy
    Properties: {OriginRequestPolicyConfig: {Name: o, CookiesConfig: {CookieBehavior: all}, HeadersConfig: {HeaderBehavior: allViewer},
      QueryStringsConfig: {QueryStringBehavior: all}}}
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties: {ResponseHeadersPolicyConfig: {Name: h, CustomHeadersConfig: {Items: [{Header: Retry-After, Value: "120", Override: true}]}}}
  Access:
    Type: AWS::CloudFront::OriginAccessControl
    Properties: {OriginAccessControlConfig: {Name: a, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4}}
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        HttpVersion: http2and3
        Origins: [{Id: b, DomainName: !GetAtt Bucket.RegionalDomainName, OriginAccessControlId: !GetAtt Access.Id,
          S3OriginConfig: {OriginAccessIdentity: ""}}]
        DefaultCacheBehavior: {TargetOriginId: b, ViewerProtocolPolicy: redirect-to-https, CachePolicyId: !Ref Cache,
          OriginRequestPolicyId: !Ref Request, ResponseHeadersPolicyId: !Ref Headers,
          FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Function.FunctionARN}]}
""",
        "Bucket.Arn Bucket.DomainName Bucket.RegionalDomainName Bucket.DualStackDomainName Bucket.WebsiteURL "
        "Distribution.DomainName Distribution.Id Function.FunctionARN Cache.Id Request.Id Headers.Id Access.Id",
    ),
    "api": (
        """
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a, BinaryMediaTypes: ["*/*"], DisableExecuteApiEndpoint: true}}
  Proxy: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: "{proxy+}"}}
  Any: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Proxy, HttpMethod: ANY, AuthorizationType: NONE,
    Integration: {Type: MOCK}}}
  Error: {Type: AWS::ApiGateway::GatewayResponse, Properties: {RestApiId: !Ref Api, ResponseType: DEFAULT_4XX, StatusCode: "503"}}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: [Any, Error], Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}
  Account: {Type: AWS::ApiGateway::Account, Properties: {CloudWatchRoleArn: "arn:aws:iam::1:role/r"}}
  Name: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: api.platform.example, EndpointConfiguration: {Types: [REGIONAL]}}}
  Mapping: {Type: AWS::ApiGateway::BasePathMapping, Properties: {DomainName: !Ref Name, RestApiId: !Ref Api, Stage: !Ref Stage}}
""",
        "Api.RootResourceId Name.RegionalDomainName Name.RegionalHostedZoneId Name.DomainNameArn",
    ),
    "monitoring": (
        ROLE
        + """
  Topic: {Type: AWS::SNS::Topic}
  Allow: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: {Version: "2012-10-17", Statement: [
    {Effect: Allow, Principal: {Service: cloudwatch.amazonaws.com}, Action: "sns:Publish", Resource: !Ref Topic}]}}}
  Mail: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: email, Endpoint: a@platform.example}}
  Plain: {Type: AWS::CloudWatch::Alarm, Properties: {Namespace: AWS/EC2, MetricName: CPUUtilization, Statistic: Average, Period: 60,
    EvaluationPeriods: 2, Threshold: 80, ComparisonOperator: GreaterThanThreshold, AlarmActions: [!Ref Topic]}}
  Rate:
    Type: AWS::CloudWatch::Alarm
    Properties:
      EvaluationPeriods: 2
      Threshold: 5
      ComparisonOperator: GreaterThanThreshold
      Metrics:
        - {Id: rate, Expression: 100 * errors / requests}
        - {Id: errors, ReturnData: false, MetricStat: {Period: 60, Stat: Sum, Metric: {Namespace: N, MetricName: E}}}
        - {Id: requests, ReturnData: false, MetricStat: {Period: 60, Stat: Sum, Metric: {Namespace: N, MetricName: R}}}
  Both: {Type: AWS::CloudWatch::CompositeAlarm, Properties: {AlarmRule: !Sub "ALARM(${Plain}) OR ALARM(${Rate})"}}
  Board: {Type: AWS::CloudWatch::Dashboard, Properties: {DashboardBody: '{"widgets": []}'}}
  Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [aws.rds]}, Targets: [{Arn: !Ref Topic, Id: t}]}}
  Log: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 30}}
  Key: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: true, KeyPolicy: {Version: "2012-10-17", Statement: [
    {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}]}}}
  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/platform, TargetKeyId: !Ref Key}}
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: v, Tags: {a: b}}}
  Function: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: index.h, Role: !GetAtt Role.Arn, Code: {ZipFile: "h = print"}}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Function, Action: "lambda:InvokeFunction", Principal: sns.amazonaws.com}}
""",
        "Topic.TopicArn Topic.TopicName Plain.Arn Rate.Arn Both.Arn Rule.Arn Log.Arn Key.Arn Parameter.Value Function.Arn",
    ),
}


def body(resources: str, outputs: str = "") -> str:
    return f"Resources:{resources}\n" + (f"Outputs:\n{outputs}" if outputs else "")


@pytest.fixture(scope="module")
def stacks(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT)


@pytest.mark.parametrize("tier", TIERS)
def test_tier_has_its_attributes(stacks: Stacks, tier: str) -> None:
    resources, attributes = TIERS[tier]
    outputs = "".join(f"  {name.replace('.', '')}: {{Value: !GetAtt {name}}}\n" for name in attributes.split())
    name = "tier-" + tier.replace(" ", "-")
    stack = stacks.create(name, body(resources, outputs))
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack["Reasons"]
    assert [output for output, value in stack["Values"].items() if not value] == []
    if tier == "database":
        assert stack["Values"]["ReplicaEndpointPort"] == "3306"
        replica = stacks.session.client("rds").describe_db_instances(DBInstanceIdentifier=stack["Ids"]["Replica"])
        assert replica["DBInstances"][0]["ReadReplicaSourceDBInstanceIdentifier"] == stack["Ids"]["Database"]
    if tier == "network":
        described = stacks.session.client("ec2").describe_subnets(SubnetIds=[stack["Ids"]["Six"]])["Subnets"][0]
        blocks = [entry["Ipv6CidrBlock"] for entry in described["Ipv6CidrBlockAssociationSet"]]
        assert (blocks, described["AssignIpv6AddressOnCreation"]) == ([stack["Values"]["Six6Value"]], True)
    assert stacks.delete(name)["StackStatus"] == "DELETE_COMPLETE"


def test_ipv6_blocks_are_there_only_once_they_are_made(stacks: Stacks) -> None:
    six = "{Value: !Select [0, !GetAtt Vpc.Ipv6CidrBlocks]}"
    stack = stacks.create("unblocked", body(NETWORK, f"  Block: {six}\n"))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("Fn::Select" in reason for reason in stack["Reasons"])


def test_latest_version_of_a_launch_template_grows_with_each_change(stacks: Stacks) -> None:
    def template(kind: str) -> str:
        return body(
            f"\n  T: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{InstanceType: {kind}}}}}}}",
            "  Latest: {Value: !GetAtt T.LatestVersionNumber}\n",
        )

    stack = stacks.create("versions", template("a"))
    versions = [stack["Values"]["Latest"]]
    versions += [stacks.update("versions", template(kind))["Values"]["Latest"] for kind in ("b", "c")]
    assert versions == ["1", "2", "3"]


def test_value_of_another_stack(stacks: Stacks) -> None:
    stacks.create("exporter", body("\n  T: {Type: AWS::SNS::Topic}", "  T: {Value: !Ref T, Export: {Name: topic}}\n"))
    importer = body(
        "\n  P: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !ImportValue topic}}",
        "  V: {Value: !GetAtt P.Value}\n",
    )
    assert stacks.create("importer", importer)["Values"]["V"].endswith(":" + ACCOUNT + ":exporter-T-" + suffix(stacks))
    refused = stacks.cloudformation.exceptions.ClientError
    with pytest.raises(refused, match="topic"):
        stacks.cloudformation.delete_stack(StackName="exporter")


def suffix(stacks: Stacks) -> str:
    topic: str = stacks.wait("exporter")["Values"]["T"]
    return topic.rpartition("-")[2]


POLICIES = """
  Kept: {Type: AWS::SNS::Topic, DeletionPolicy: Retain}
  Made: {Type: AWS::SNS::Topic, DeletionPolicy: RetainExceptOnCreate}
  Plain: {Type: AWS::SNS::Topic}
"""


def topics(stacks: Stacks) -> set[str]:
    found = stacks.session.client("sns").list_topics()["Topics"]
    return {entry["TopicArn"].rpartition(":")[2].split("-")[1] for entry in found if ":policies-" in entry["TopicArn"]}


def test_deletion_policies(stacks: Stacks) -> None:
    failing = POLICIES + "  Bad: {Type: AWS::SNS::TopicPolicy, DependsOn: [Kept, Made, Plain], Properties: {}}\n"
    broken = body(failing, "  Bad: {Value: !GetAtt Plain.NoSuch}\n")
    assert stacks.create("policies", broken)["StackStatus"].startswith("ROLLBACK")
    assert topics(stacks) == {"Kept"}
    stacks.delete("policies")
    assert stacks.create("policies", body(POLICIES))["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.delete("policies")["StackStatus"] == "DELETE_COMPLETE"
    assert topics(stacks) == {"Kept", "Made"}


DATABASE = """
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties: {Engine: mysql, DBInstanceClass: db.t4g.micro, AllocatedStorage: "20", DeletionProtection: %s, BackupRetentionPeriod: %s}
"""
REPLICA = "  Replica: {Type: AWS::RDS::DBInstance, Properties: {SourceDBInstanceIdentifier: !Ref Database}}\n"


def test_database_is_protected_and_leaves_a_snapshot(stacks: Stacks) -> None:
    stack = stacks.create("protected", body(DATABASE % ("true", 7)))
    deleted = stacks.delete("protected")
    assert deleted["StackStatus"] == "DELETE_FAILED"
    assert any("deletion protection" in reason for reason in deleted["Reasons"])
    rds = stacks.session.client("rds")
    rds.modify_db_instance(DBInstanceIdentifier=stack["Ids"]["Database"], DeletionProtection=False)
    assert stacks.delete("protected")["StackStatus"] == "DELETE_COMPLETE"
    snapshots = rds.describe_db_snapshots()["DBSnapshots"]
    assert stack["Ids"]["Database"] in [snapshot["DBInstanceIdentifier"] for snapshot in snapshots]


def test_replica_needs_backups_of_its_source(stacks: Stacks) -> None:
    stack = stacks.create("unbacked", body(DATABASE % ("false", 0) + REPLICA))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("Automated backups are not enabled" in reason for reason in stack["Reasons"])


RESPONDER = """
import json, os, urllib.request

def handler(event, context):
    answer = {
        "Status": "FAILED" if event["ResourceProperties"].get("Fail") == "true" else "SUCCESS",
        "Reason": "told to fail",
        "PhysicalResourceId": event.get("PhysicalResourceId", "made"),
        "Data": {"Pid": str(os.getpid()), "Type": event["RequestType"]},
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
    }
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request).read()
"""


def responder(**properties: Any) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}
    function = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": RESPONDER},
    }
    token = {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}}
    return {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": role},
            "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
            "Mine": {"Type": "Custom::Mine", "Properties": {**token, **properties}},
        },
        "Outputs": {name: {"Value": {"Fn::GetAtt": ["Mine", name]}} for name in ("Pid", "Type")},
    }


def test_custom_resource_is_a_process_that_answers_by_tls(stacks: Stacks) -> None:
    stack = stacks.create("custom", responder())
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack["Reasons"]
    assert (stack["Ids"]["Mine"], stack["Values"]["Type"]) == ("made", "Create")
    assert ".venv-emulator" in Path(f"/proc/{stack['Values']['Pid']}/cmdline").read_text(encoding="utf-8")
    assert stacks.update("custom", responder(New="1"))["Values"]["Type"] == "Update"
    failed = stacks.update("custom", responder(Fail=True))
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert any("told to fail" in reason for reason in failed["Reasons"])
    assert stacks.delete("custom")["StackStatus"] == "DELETE_COMPLETE"
