"""One Region of `two_regions`: the operations by their names in AWS's API, on one stack with one half of a site."""

import json
from typing import Any

from tests.cli.region_signal import SignalApis
from tests.cli.region_state import ABSENT, DOMAIN, SECONDARY, SITE, STACK, STACK_ID, Refused
from tests.cli.region_updates import UpdateApis


class FakeRegion(UpdateApis, SignalApis):
    """A half of the site, and the APIs of its Region: here CloudFormation's, of the stack as it is."""

    def ListStackResources(self, StackName: str) -> Any:  # noqa: N802, N803
        if StackName != STACK:
            raise Refused("ValidationError", f"Stack with id {StackName} does not exist")
        resources = {
            "AutoScalingGroup": ("AWS::AutoScaling::AutoScalingGroup", "group"),
            "TargetGroup": ("AWS::ElasticLoadBalancingV2::TargetGroup", "targets"),
            "LoadBalancer": ("AWS::ElasticLoadBalancingV2::LoadBalancer", "balancer"),
            **self._ways_in(),
        }
        if self.made and self.world.mode == "Backups" and not self.primary:
            resources["ReplicatedBackup"] = ("Custom::ReplicatedBackup", "arn:backup")
        if self.database:
            resources["Database"] = ("AWS::RDS::DBInstance", self.database.id)
        common = {"LastUpdatedTimestamp": self.world.now, "ResourceStatus": "CREATE_COMPLETE"}
        return {
            "StackResourceSummaries": [
                {"LogicalResourceId": SITE + suffix, "ResourceType": kind, "PhysicalResourceId": physical, **common}
                for suffix, (kind, physical) in resources.items()
            ]
        }

    def _ways_in(self) -> dict[str, tuple[str, str]]:
        """Return what CloudFront or visitors reach the half by."""
        if not self.world.internal:
            return {"ActiveA": ("AWS::Route53::RecordSet", f"active.{DOMAIN}")}
        found = {"VpcOriginHttps": ("AWS::CloudFront::VpcOrigin", f"vo_{self.name}")}
        if self.primary:
            found["OriginRecord"] = ("AWS::Route53::RecordSet", f"origin.{DOMAIN}")
            if self.world.store is not None:
                found["SwitchStore"] = ("AWS::CloudFront::KeyValueStore", "switch")
        return found

    def DescribeStacks(self, StackName: str) -> Any:  # noqa: N802, N803
        if self.stack_status == ABSENT or StackName != STACK:
            raise Refused("ValidationError", f"Stack with id {StackName} does not exist")
        stack = {
            "StackId": STACK_ID.format(self.name),
            "StackName": StackName,
            "CreationTime": self.world.now,
            **({"LastUpdatedTime": self.updated_at} if self.updated_at else {}),
            "StackStatus": self.stack_status,
            "Parameters": [{"ParameterKey": name, "ParameterValue": each} for name, each in self.parameters.items()],
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }
        return {"Stacks": [stack]}

    def GetTemplate(self, StackName: str, TemplateStage: str) -> Any:  # noqa: N802, N803
        del StackName
        if TemplateStage == "Original":
            return {"TemplateBody": json.dumps(self.template)}
        remote = {"Type": "Custom::RemoteStack", "Properties": {"Region": SECONDARY}}
        made = {SITE + "SecondaryStack": remote} if self.primary else {}
        parameters = {name: {"Type": "String"} for name in self.parameters}
        return {"TemplateBody": json.dumps({"Parameters": parameters, "Resources": {**made, **self.expanded}})}

    def DescribeStackEvents(self, StackName: str) -> Any:  # noqa: N802, N803
        own = STACK_ID.format(self.name)
        common = {"StackId": own, "StackName": StackName, "EventId": "1", "Timestamp": self.world.now}
        failed = {
            "LogicalResourceId": SITE + "Database",
            "PhysicalResourceId": "db",
            "ResourceStatus": "UPDATE_FAILED",
            "ResourceStatusReason": "DB Instance is not a read replica.",
        }
        begun = {"LogicalResourceId": STACK, "PhysicalResourceId": own, "ResourceStatus": "UPDATE_IN_PROGRESS"}
        return {"StackEvents": [{**common, **failed}, {**common, **begun}]}
