"""A deployed site in memory: the resources of a real expansion, all well until a test changes an answer.

The operations have their names in AWS's API. Requests and responses are checked against AWS's service models.
"""

import copy
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.client import BaseClient

from cli.deployed.site import DeployedSite, SiteName, find_site
from tests.cli.aws_in_memory import aws_error, check_form, in_place, real_client
from tests.cli.kept_expansions import example, expanded

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REGION, EDGE = "us-east-1", "us-east-1"
STACK = "my-site"
ACCOUNT = "111111111111"
LAYER = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:ResilientWebsite-functions"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/guid"
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
EDGE_ADDRESS, STANDBY_ADDRESS = "192.0.2.1", "198.51.100.1"


@dataclass
class FakeSite:
    """The site of an example, deployed. `answers` replace operations; `refused` maps operations to error codes."""

    example: str = "everything"
    answers: dict[str, Callable[..., Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    now: datetime = NOW
    groups: dict[str, list[tuple[datetime, str, str]]] = field(default_factory=dict)
    ping: dict[str, str] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.template = example(self.example)
        self.processed = expanded(self.template, {}, REGION, f"{LAYER}:3")
        self.instances = [
            {"InstanceId": f"i-{n}", "AvailabilityZone": zone, "LifecycleState": "InService"}
            for n, zone in enumerate(ZONES)
        ]
        self.health = {each["InstanceId"]: "healthy" for each in self.instances}
        self.stack_status = "UPDATE_COMPLETE"
        self.addresses_of: dict[str, str] = {}
        self.page_status: int | None = 200

    def found(self) -> DeployedSite:
        """Return the site as commands find it."""
        with in_place(self):
            return find_site(real_client, SiteName(STACK, argument="STACK"), REGION)

    def call(self, client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        """Answer a request, checked against AWS's model."""
        model = client.meta.service_model.operation_model(operation)
        region, service = client.meta.region_name, client.meta.service_model.service_name
        self.calls.append((service, region, operation))
        check_form(operation, arguments, model.input_shape)
        if operation in self.refused:
            raise aws_error(operation, self.refused[operation], "as the test wants it")
        answer = self.answers.get(operation) or getattr(self, operation)
        response = answer(**copy.deepcopy(arguments))
        check_form(operation, response, model.output_shape)
        return response

    # What a visitor sees.

    def addresses(self, name: str) -> frozenset[str]:
        """Return what DNS gives, as `Visitor`."""
        given = {"d1.cloudfront.net": EDGE_ADDRESS, "api.example.net": STANDBY_ADDRESS, "lb.example.net": "203.0.113.1"}
        return frozenset({self.addresses_of.get(name, given.get(name, EDGE_ADDRESS))} - {""})

    def status(self, url: str) -> int | None:
        """Return what the page answers, as `Visitor`."""
        assert url == "https://www.example.com"
        return self.page_status

    # CloudFormation

    def ListStackResources(self, StackName: str) -> Any:  # noqa: N802, N803
        if StackName != STACK:
            raise aws_error("ListStackResources", "ValidationError", f"Stack with id {StackName} does not exist")
        common = {"LastUpdatedTimestamp": NOW, "ResourceStatus": "CREATE_COMPLETE"}
        return {
            "StackResourceSummaries": [
                {
                    "LogicalResourceId": name,
                    "ResourceType": body["Type"],
                    "PhysicalResourceId": self.physical(name, body),
                    **common,
                }
                for name, body in self.processed["Resources"].items()
            ]
        }

    # Logs: groups hold a time, a stream and a message; objects are the files in the logs' bucket.

    def FilterLogEvents(  # noqa: N802
        self,
        logGroupName: str,  # noqa: N803
        startTime: int,  # noqa: N803
        endTime: int,  # noqa: N803
        filterPattern: str = "",  # noqa: N803
        nextToken: str = "0",  # noqa: N803
    ) -> Any:
        """Return one event, and the token of the next page, as AWS may do."""
        if logGroupName not in self.groups:
            raise aws_error("FilterLogEvents", "ResourceNotFoundException", "The specified log group does not exist.")
        found = [
            {"timestamp": int(at.timestamp() * 1000), "logStreamName": stream, "eventId": f"{n}", "message": message}
            for n, (at, stream, message) in enumerate(self.groups[logGroupName])
            if startTime <= at.timestamp() * 1000 < endTime and filterPattern in message
        ]
        page = int(nextToken)
        more = {"nextToken": str(page + 1)} if page + 1 < len(found) else {}
        return {"events": found[page : page + 1], **more}

    def DescribeLoadBalancerAttributes(self, LoadBalancerArn: str) -> Any:  # noqa: N802, N803
        del LoadBalancerArn
        values = {
            "access_logs.s3.enabled": "true",
            "access_logs.s3.bucket": "logs-bucket",
            "access_logs.s3.prefix": "load-balancer",
        }
        return {"Attributes": [{"Key": key, "Value": value} for key, value in values.items()]}

    def ListObjectsV2(self, Bucket: str, Prefix: str) -> Any:  # noqa: N802, N803
        assert Bucket == "logs-bucket"
        return {
            "Contents": [{"Key": k, "LastModified": self.now} for k in sorted(self.objects) if k.startswith(Prefix)]
        }

    def GetObject(self, Bucket: str, Key: str) -> Any:  # noqa: N802, N803
        assert Bucket == "logs-bucket"
        return {"Body": io.BytesIO(self.objects[Key])}

    def physical(self, name: str, body: dict[str, Any]) -> str:
        """Return a resource's physical id."""
        if body["Type"] == "AWS::ApiGateway::DomainName":
            return str(body["Properties"]["DomainName"])
        if body["Type"] == "AWS::ElasticLoadBalancingV2::LoadBalancer":
            return f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/{name}/1"
        return f"{STACK}-{name}"

    def GetTemplate(self, StackName: str, TemplateStage: str) -> Any:  # noqa: N802, N803
        del StackName
        template = self.template if TemplateStage == "Original" else self.processed
        return {"TemplateBody": json.dumps(template)}

    def DescribeStacks(self, StackName: str) -> Any:  # noqa: N802, N803
        stack = {
            "StackId": STACK_ID,
            "StackName": StackName,
            "CreationTime": NOW - timedelta(days=9),
            "LastUpdatedTime": NOW - timedelta(days=1),
            "StackStatus": self.stack_status,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }
        return {"Stacks": [stack]}

    def DescribeStackEvents(self, StackName: str, NextToken: str = "") -> Any:  # noqa: N802, N803
        """Return the newest events, then the next page."""
        common = {"StackId": STACK_ID, "StackName": StackName, "Timestamp": NOW - timedelta(days=1)}
        failed = {
            "LogicalResourceId": "SiteDatabase",
            "PhysicalResourceId": "db",
            "ResourceStatus": "UPDATE_FAILED",
            "ResourceStatusReason": "no such parameter group",
        }
        cancelled = {**failed, "LogicalResourceId": "SiteCache", "ResourceStatusReason": "Resource update cancelled"}
        begun = {"LogicalResourceId": STACK, "PhysicalResourceId": STACK_ID, "ResourceStatus": "UPDATE_IN_PROGRESS"}
        before = {**failed, "LogicalResourceId": "SiteOld", "ResourceStatusReason": "of an earlier deployment"}
        if not NextToken:
            return {"StackEvents": [{**common, "EventId": "4", **cancelled}], "NextToken": "more"}
        return {
            "StackEvents": [{**common, "EventId": str(n), **each} for n, each in enumerate((failed, begun, before))]
        }

    def ListLayerVersions(self, LayerName: str) -> Any:  # noqa: N802, N803
        assert LayerName == LAYER
        return {"LayerVersions": [{"Version": 3, "LayerVersionArn": f"{LAYER}:3"}]}

    # Servers

    def DescribeTargetHealth(self, TargetGroupArn: str) -> Any:  # noqa: N802, N803
        del TargetGroupArn
        return {
            "TargetHealthDescriptions": [
                {"Target": {"Id": instance}, "TargetHealth": {"State": state, **self._reason(state)}}
                for instance, state in self.health.items()
            ]
        }

    def _reason(self, state: str) -> dict[str, str]:
        return {} if state == "healthy" else {"Description": f"the reason of {state}"}

    def DescribeAutoScalingGroups(self, AutoScalingGroupNames: list[str]) -> Any:  # noqa: N802, N803
        (name,) = AutoScalingGroupNames
        more = {"HealthStatus": "Healthy", "ProtectedFromScaleIn": False}
        group = {
            "AutoScalingGroupName": name,
            "MinSize": 3,
            "MaxSize": 9,
            "DesiredCapacity": 3,
            "DefaultCooldown": 300,
            "AvailabilityZones": list(ZONES),
            "HealthCheckType": "ELB",
            "CreatedTime": NOW,
            "Instances": [{**each, **more} for each in self.instances],
        }
        return {"AutoScalingGroups": [group]}

    def DescribeScalingActivities(self, AutoScalingGroupName: str, MaxRecords: int) -> Any:  # noqa: N802, N803
        assert MaxRecords == 1
        activity = {
            "ActivityId": "1",
            "AutoScalingGroupName": AutoScalingGroupName,
            "Cause": "a cause",
            "Description": "Launching a new EC2 instance: i-0",
            "StartTime": NOW - timedelta(hours=1),
            "StatusCode": "Successful",
        }
        return {"Activities": [activity], "NextToken": "older"}

    def DescribeInstanceRefreshes(self, **_: Any) -> Any:  # noqa: N802
        return {"InstanceRefreshes": [{"Status": "InProgress", "PercentageComplete": 40}]}

    def DescribeInstanceInformation(self, Filters: list[Any]) -> Any:  # noqa: N802, N803
        (asked,) = Filters
        found = [{"InstanceId": each, "PingStatus": self.ping.get(each, "Online")} for each in asked["Values"]]
        return {"InstanceInformationList": found}

    # Stores

    def DescribeDBInstances(self, DBInstanceIdentifier: str) -> Any:  # noqa: N802, N803
        shown: dict[str, Any] = {
            "DBInstanceIdentifier": DBInstanceIdentifier,
            "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{DBInstanceIdentifier}",
            "DBInstanceStatus": "available",
            "AvailabilityZone": ZONES[0],
            "AllocatedStorage": 400,
            "EnabledCloudwatchLogsExports": ["error"],
        }
        if "Replica" in DBInstanceIdentifier:
            shown["ReadReplicaSourceDBInstanceIdentifier"] = f"{STACK}-SiteDatabase"
            shown["StatusInfos"] = [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}]
        else:
            shown |= {"MultiAZ": True, "SecondaryAvailabilityZone": ZONES[1]}
        return {"DBInstances": [shown]}

    def DescribePendingMaintenanceActions(self, ResourceIdentifier: str) -> Any:  # noqa: N802, N803
        assert ResourceIdentifier.startswith("arn:aws:rds:")
        detail = {"Action": "system-update", "CurrentApplyDate": NOW, "Description": "New Operating System update"}
        entry = {"ResourceIdentifier": ResourceIdentifier, "PendingMaintenanceActionDetails": [detail]}
        return {"PendingMaintenanceActions": [entry] if ResourceIdentifier.endswith("SiteDatabase") else []}

    def DescribeReplicationGroups(self, ReplicationGroupId: str) -> Any:  # noqa: N802, N803
        member = {"CurrentRole": "primary", "PreferredAvailabilityZone": ZONES[0]}
        shard = {"NodeGroupId": "0001", "Status": "available", "NodeGroupMembers": [member]}
        found = {"ReplicationGroupId": ReplicationGroupId, "Status": "available", "MultiAZ": "enabled"}
        return {"ReplicationGroups": [{**found, "NodeGroups": [shard]}]}

    # Edge, DNS and monitoring

    def GetDistribution(self, Id: str) -> Any:  # noqa: N802, N803
        config = {
            "CallerReference": "x",
            "Origins": {"Quantity": 1, "Items": [{"Id": "web", "DomainName": "origin.www.example.com"}]},
            "DefaultCacheBehavior": {"TargetOriginId": "web", "ViewerProtocolPolicy": "redirect-to-https"},
            "Comment": "",
            "Enabled": True,
            "ViewerCertificate": {"ACMCertificateArn": f"arn:aws:acm:{EDGE}:{ACCOUNT}:certificate/edge"},
        }
        found = {
            "Id": Id,
            "ARN": "arn",
            "Status": "Deployed",
            "LastModifiedTime": NOW,
            "InProgressInvalidationBatches": 0,
            "DomainName": "d1.cloudfront.net",
            "DistributionConfig": config,
        }
        return {"Distribution": found}

    def DescribeLoadBalancers(self, LoadBalancerArns: list[str]) -> Any:  # noqa: N802, N803
        zones = [{"ZoneName": zone} for zone in ZONES]
        found = {"DNSName": "lb.example.net", "State": {"Code": "active"}, "AvailabilityZones": zones}
        return {"LoadBalancers": [{"LoadBalancerArn": LoadBalancerArns[0], **found}]}

    def DescribeListeners(self, LoadBalancerArn: str) -> Any:  # noqa: N802, N803
        del LoadBalancerArn
        arn = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/regional"
        return {"Listeners": [{"Certificates": [{"CertificateArn": arn}]}]}

    def DescribeCertificate(self, CertificateArn: str) -> Any:  # noqa: N802, N803
        begins, ends = self.now - timedelta(days=10), self.now + timedelta(days=188)
        found = {"CertificateArn": CertificateArn, "DomainName": "www.example.com", "Status": "ISSUED"}
        return {"Certificate": {**found, "NotBefore": begins, "NotAfter": ends}}

    def GetDomainName(self, domainName: str) -> Any:  # noqa: N802, N803
        return {"domainName": domainName, "regionalDomainName": "api.example.net"}

    def GetMetricData(self, MetricDataQueries: list[Any], **_: Any) -> Any:  # noqa: N802, N803
        """Return a lag of 2 s, 100 GiB of free storage, and healthy checks."""
        values = {"ReplicaLag": 2.0, "FreeStorageSpace": 100.0 * 1024**3, "HealthCheckStatus": 1.0}
        return {
            "MetricDataResults": [
                {"Id": each["Id"], "Timestamps": [NOW], "Values": [values[each["MetricStat"]["Metric"]["MetricName"]]]}
                for each in MetricDataQueries
            ]
        }

    def GetHealthCheckStatus(self, HealthCheckId: str) -> Any:  # noqa: N802, N803
        del HealthCheckId
        report = {"Status": "Failure: HTTP Status Code 503", "CheckedTime": NOW}
        return {"HealthCheckObservations": [{"Region": REGION, "IPAddress": "192.0.2.9", "StatusReport": report}]}

    def DescribeAlarms(self, AlarmNames: list[str]) -> Any:  # noqa: N802, N803
        assert len(AlarmNames) <= 100
        return {"MetricAlarms": [{"AlarmName": name, "StateValue": "OK"} for name in AlarmNames]}
