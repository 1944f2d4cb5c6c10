"""A deployed site in memory that can be updated: change sets of a real expansion, S3, and servers that are replaced.

Time passes only while somebody sleeps. Requests and responses are checked against AWS's service models.
"""

import copy
import hashlib
import io
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from cli.deployed.tools import Tools
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES
from tests.cli.aws_in_memory import aws_error, real_client
from tests.cli.fake_site import LAYER, NOW, REGION, STACK, STACK_ID, ZONES, FakeSite
from tests.cli.kept_expansions import expanded

BUCKET = "example-releases"
OTHER_REGION = "eu-west-1"

# Seconds: until CloudFormation shows that an update has begun, and for each server.
BEGIN, REPLACEMENT = 5, 60


@dataclass
class FakeRelease(FakeSite):
    """A site with an artifact. `fails` is whether new servers stay unhealthy; `macro` is the layer it would write."""

    fails: bool = False
    macro: str = f"{LAYER}:3"
    stored: dict[str, tuple[bytes, dict[str, Any]]] = field(default_factory=dict)
    change_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    versioned: bool = True
    # Another bucket, in OTHER_REGION.
    other_bucket: str = ""
    # The registry: manifests by repository and digest, and digests by repository and tag.
    manifests: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    tags: dict[tuple[str, str], str] = field(default_factory=dict)
    stored_parameters: dict[str, str] = field(default_factory=dict)
    # Whether an alarm of a canary starts, and what CloudFormation has saved with the stack.
    canary_fails: bool = False
    rollback: dict[str, Any] = field(default_factory=dict)
    canary_health: dict[str, str] = field(default_factory=dict)
    _due: list[tuple[datetime, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        declared = self.template.get("Parameters") or {}
        self.values = {name: str(body.get("Default", "")) for name, body in declared.items()}
        self._event(STACK, "UPDATE_IN_PROGRESS")
        self._event(STACK, "UPDATE_COMPLETE")

    def use_parameters(self) -> None:
        """Write the archive's key and checksum as parameters, as docs/operations.md shows."""
        group = self.template["Resources"]["Site"]["Properties"]["WebServers"]["Artifact"]
        for name, parameter in (("Key", "Release"), ("Sha256", "ReleaseSha256")):
            self.values[parameter] = group[name]
            self.template["Parameters"][parameter] = {"Type": "String"}
            group[name] = {"Ref": parameter}
        del group["VersionId"]
        self.processed = self._expanded(self.template, self.values)

    def use_container(self, image: str, *, as_parameter: bool = False) -> None:
        """Run a container instead of the archive."""
        servers = self.template["Resources"]["Site"]["Properties"]["WebServers"]
        servers.pop("Artifact", None)
        servers["Container"] = {"Image": image}
        if as_parameter:
            self.values["Image"] = image
            self.template["Parameters"]["Image"] = {"Type": "String"}
            servers["Container"] = {"Image": {"Ref": "Image"}}
        self.redeploy()

    def use_canary(self, **properties: Any) -> None:
        """Let releases be tried out."""
        servers = self.template["Resources"]["Site"]["Properties"]["WebServers"]
        servers["Canary"] = properties or True
        self.redeploy()

    @property
    def weights(self) -> list[int]:
        """The weights of the site's and the canary's target group in the deployed template."""
        (action,) = self.processed["Resources"]["SiteCloudFrontOnly"]["Properties"]["Actions"]
        return [group["Weight"] for group in action["ForwardConfig"]["TargetGroups"]]

    def image(self) -> str:
        """Return the image of the deployed template."""
        value = self.template["Resources"]["Site"]["Properties"]["WebServers"]["Container"]["Image"]
        return str(self.values[value["Ref"]] if isinstance(value, dict) else value)

    def push(self, repository: str, tag: str, *architectures: str) -> str:
        """Put an image into the registry, and return its digest; of one architecture only without a list."""
        digest = "sha256:" + hashlib.sha256(f"{repository}:{tag}".encode()).hexdigest()
        platforms = [{"platform": {"architecture": each, "os": "linux"}} for each in architectures]
        self.manifests[repository, digest] = {"manifests": platforms} if architectures else {"layers": []}
        self.tags[repository, tag] = digest
        return digest

    def tools(self) -> Tools:
        """Return what a release gets."""
        return Tools(real_client, lambda: self.now, self.sleep, self.said.append, self)

    def sleep(self, seconds: float) -> None:
        """Let time pass, and what is due happen."""
        self.now += timedelta(seconds=seconds)
        for entry in sorted((entry for entry in self._due if entry[0] <= self.now), key=lambda entry: entry[0]):
            self._due.remove(entry)
            entry[1]()

    def _later(self, seconds: float, change: Any) -> None:
        self._due.append((self.now + timedelta(seconds=seconds), change))

    def deploy_by_hand(self, key: str) -> None:
        """Deploy the file with another key of the archive."""
        self.template["Resources"]["Site"]["Properties"]["WebServers"]["Artifact"]["Key"] = key
        self.redeploy()

    def redeploy(self) -> None:
        """Deploy the template as it is."""
        self.processed = self._expanded(self.template, self.values)

    def artifact(self) -> dict[str, str]:
        """Return the property of the deployed template, with its parameters' values."""
        group = self.template["Resources"]["Site"]["Properties"]["WebServers"]["Artifact"]
        return {k: self.values[v["Ref"]] if isinstance(v, dict) else v for k, v in group.items()}

    # S3

    def HeadBucket(self, Bucket: str) -> Any:  # noqa: N802, N803
        if Bucket not in (BUCKET, self.other_bucket):
            raise ClientError({"Error": {"Code": "404", "Message": "Not Found"}}, "HeadBucket")
        return {"BucketRegion": REGION if Bucket == BUCKET else OTHER_REGION}

    def HeadObject(self, Bucket: str, Key: str, **_: Any) -> Any:  # noqa: N802, N803
        assert Bucket in (BUCKET, self.other_bucket)
        if Key not in self.stored:
            missing: Any = {"Error": {"Code": "404"}, "ResponseMetadata": {"HTTPStatusCode": 404}}
            raise ClientError(missing, "HeadObject")
        return {**self.stored[Key][1], **({"VersionId": f"version-of-{Key[-20:]}"} if self.versioned else {})}

    def PutObject(self, Bucket: str, Key: str, Body: bytes, **more: Any) -> Any:  # noqa: N802, N803
        assert Bucket in (BUCKET, self.other_bucket)
        self.stored[Key] = (Body, {"ChecksumSHA256": more.get("ChecksumSHA256", "")})
        return {}

    def GetObject(self, Bucket: str, Key: str) -> Any:  # noqa: N802, N803
        assert Bucket == BUCKET
        if Key not in self.stored:
            raise aws_error("GetObject", "NoSuchKey", "The specified key does not exist.")
        return {"Body": io.BytesIO(self.stored[Key][0])}

    def DescribeAlarms(self, AlarmNames: list[str], StateValue: str = "") -> Any:  # noqa: N802, N803
        assert {name.removeprefix(f"{STACK}-") for name in AlarmNames} <= {*self.processed["Resources"]}
        state = "ALARM" if self.canary_fails else "OK"
        return {"MetricAlarms": [{"AlarmName": name} for name in AlarmNames if StateValue in ("", state)]}

    # ECR and Parameter Store

    def BatchGetImage(self, registryId: str, repositoryName: str, **more: Any) -> Any:  # noqa: N802, N803
        assert registryId == "123456789012"
        (asked,) = more["imageIds"]
        if repositoryName not in {repository for repository, _ in self.manifests}:
            raise aws_error("BatchGetImage", "RepositoryNotFoundException", "The repository does not exist")
        digest = asked.get("imageDigest") or self.tags.get((repositoryName, asked["imageTag"]))
        manifest = self.manifests.get((repositoryName, str(digest)))
        if manifest is None:
            return {"images": [], "failures": [{"imageId": asked, "failureCode": "ImageNotFound"}]}
        return {"images": [{"imageId": {"imageDigest": digest}, "imageManifest": json.dumps(manifest)}]}

    def GetParameter(self, Name: str) -> Any:  # noqa: N802, N803
        if Name not in self.stored_parameters:
            raise aws_error("GetParameter", "ParameterNotFound", "")
        return {"Parameter": {"Name": Name, "Value": self.stored_parameters[Name]}}

    def PutParameter(self, Name: str, Value: str, **_: Any) -> Any:  # noqa: N802, N803
        assert len(Value) <= 4096
        self.stored_parameters[Name] = Value
        return {"Version": 1}

    # CloudFormation

    def _event(self, logical_id: str, status: str, reason: str = "") -> None:
        physical = STACK_ID if logical_id == STACK else logical_id
        event = {"StackId": STACK_ID, "StackName": STACK, "EventId": str(len(self.events)), "Timestamp": self.now}
        event |= {"LogicalResourceId": logical_id, "PhysicalResourceId": physical, "ResourceStatus": status}
        self.events.insert(0, event | ({"ResourceStatusReason": reason} if reason else {}))

    def DescribeStackEvents(self, StackName: str, NextToken: str = "") -> Any:  # noqa: N802, N803
        del StackName, NextToken
        return {"StackEvents": self.events}

    def DescribeStacks(self, StackName: str) -> Any:  # noqa: N802, N803
        found = super().DescribeStacks(StackName)
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in self.values.items()]
        found["Stacks"][0] |= {"Parameters": given, "RollbackConfiguration": self.rollback}
        return found

    def _expanded(self, template: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
        return expanded(template, values, REGION, self.macro)

    def CreateChangeSet(self, ChangeSetName: str, Parameters: list[Any], **more: Any) -> Any:  # noqa: N802, N803
        assert more["ChangeSetType"] == "UPDATE"
        assert "CAPABILITY_AUTO_EXPAND" in more["Capabilities"]
        assert [name in more for name in ("TemplateBody", "TemplateURL", "UsePreviousTemplate")].count(True) == 1
        # Source: "AWS CloudFormation quotas", template body size in a request.
        assert len(more.get("TemplateBody", "").encode()) <= MAX_BODY_BYTES
        assert {each["ParameterKey"] for each in Parameters} == set(self.values)
        given = {each["ParameterKey"]: each["ParameterValue"] for each in Parameters if "ParameterValue" in each}
        template = json.loads(more["TemplateBody"]) if "TemplateBody" in more else self.template
        if "TemplateURL" in more:
            own, other = f"https://{BUCKET}.s3.{REGION}", f"https://s3.{OTHER_REGION}"
            start = f"{other}.amazonaws.com/{self.other_bucket}/" if self.other_bucket else f"{own}.amazonaws.com/"
            assert more["TemplateURL"].startswith(start)
            template = json.loads(self.stored[more["TemplateURL"].removeprefix(start)][0])
        values = {**self.values, **given}
        rollback = more.get("RollbackConfiguration", self.rollback)
        self.change_sets[ChangeSetName] = {"template": template, "values": values, "rollback": rollback}
        return {"Id": ChangeSetName, "StackId": STACK_ID}

    def DescribeChangeSet(self, ChangeSetName: str, **_: Any) -> Any:  # noqa: N802, N803
        made = self.change_sets[ChangeSetName]
        # Compared once, though a release describes its change set three times.
        if "changes" not in made:
            made["changes"] = self._changes(self._expanded(made["template"], made["values"]), made["values"])
        if not made["changes"]:
            return {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}
        return {"Status": "CREATE_COMPLETE", "Changes": copy.deepcopy(made["changes"])}

    def _changes(self, expanded: dict[str, Any], values: dict[str, str]) -> list[dict[str, Any]]:
        """Return the differences, and the group, which refers to the launch template's version."""
        old, new = _resolved(self.processed, self.values), _resolved(expanded, values)
        changed = [name for name in new if new[name] != old.get(name)]
        found = [
            self._change(name, new[name]["Type"], "Modify" if name in old else "Add", _scope(old.get(name), new[name]))
            for name in changed
        ]
        found += [self._change(name, old[name]["Type"], "Remove") for name in old if name not in new]
        if "SiteWebLaunchTemplate" in changed:
            found.append(self._change("SiteAutoScalingGroup", "AWS::AutoScaling::AutoScalingGroup", "Modify"))
            # A resource of the user's own that refers to the role, whose ARN stays the same.
            detail = {"Evaluation": "Dynamic", "CausingEntity": "SiteWebRole.Arn", "ChangeSource": "ResourceAttribute"}
            found.append(self._change("Queue", "AWS::SQS::QueuePolicy", "Modify"))
            found[-1]["ResourceChange"]["Details"] = [detail]
        return found

    def _change(self, name: str, kind: str, action: str, scope: tuple[str, ...] = ()) -> dict[str, Any]:
        change = {"LogicalResourceId": name, "ResourceType": kind, "Action": action, "Scope": [*scope], "Details": []}
        return {"Type": "Resource", "ResourceChange": {**change, "Replacement": "False"}}

    def DescribeStackResource(self, StackName: str, LogicalResourceId: str) -> Any:  # noqa: N802, N803
        assert (StackName, LogicalResourceId) == (STACK, "Releases")
        common = {"ResourceType": "AWS::S3::Bucket", "LastUpdatedTimestamp": NOW, "ResourceStatus": "CREATE_COMPLETE"}
        return {"StackResourceDetail": {"LogicalResourceId": "Releases", "PhysicalResourceId": BUCKET, **common}}

    def DeleteChangeSet(self, ChangeSetName: str, **_: Any) -> Any:  # noqa: N802, N803
        del self.change_sets[ChangeSetName]
        return {}

    def ExecuteChangeSet(self, ChangeSetName: str, **_: Any) -> Any:  # noqa: N802, N803
        made = self.change_sets.pop(ChangeSetName)
        self.rollback = made["rollback"]
        self._later(BEGIN, self._begin)
        if "SiteCanaryGroup" in self._expanded(made["template"], made["values"])["Resources"]:
            self._try_out(made)
            return {}
        for number in range(len(ZONES)):
            self._later(BEGIN + REPLACEMENT * (number + 1), lambda number=number: self._replace(number))
        self._later(BEGIN + REPLACEMENT * (len(ZONES) + 1), lambda: self._end(made))
        return {}

    def _try_out(self, made: dict[str, Any]) -> None:
        """Start the canary's server, and let CloudFormation watch its alarms for the bake time."""
        names = [trigger["Arn"].rpartition(":")[2] for trigger in self.rollback["RollbackTriggers"]]
        # CloudFormation fails an update whose triggers do not exist before it.
        assert {name.removeprefix(f"{STACK}-") for name in names} <= {*self.processed["Resources"], "own"}
        self._later(BEGIN + REPLACEMENT, lambda: self.canary_health.update({"i-canary": "healthy"}))
        minutes = 2 if self.canary_fails else self.rollback["MonitoringTimeInMinutes"]
        self._later(BEGIN + REPLACEMENT + 60 * minutes, lambda: self._tried_out(made))

    def _tried_out(self, made: dict[str, Any]) -> None:
        if not self.canary_fails:
            self._end(made)
            return
        self._event(STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "Rollback triggers are in ALARM: CanaryErrorsAlarm")
        self._event(STACK, "UPDATE_ROLLBACK_COMPLETE")
        self.stack_status = "UPDATE_ROLLBACK_COMPLETE"
        self.canary_health = {}

    def DescribeTargetHealth(self, TargetGroupArn: str) -> Any:  # noqa: N802, N803
        if not TargetGroupArn.endswith("SiteCanaryTargetGroup"):
            return super().DescribeTargetHealth(TargetGroupArn)
        found = [{"Target": {"Id": i}, "TargetHealth": {"State": s}} for i, s in self.canary_health.items()]
        return {"TargetHealthDescriptions": found}

    def _begin(self) -> None:
        self.stack_status = "UPDATE_IN_PROGRESS"
        self._event(STACK, "UPDATE_IN_PROGRESS", "User Initiated")
        self._event("SiteWebLaunchTemplate", "UPDATE_COMPLETE")

    def _replace(self, number: int) -> None:
        """Replace a server; or, if new ones fail, start one that does not become healthy."""
        new = {**self.instances[number], "InstanceId": f"i-new-{self.now:%H%M%S}"}
        if self.fails:
            if not number:
                self.instances.append(new)
                self.health[new["InstanceId"]] = "unhealthy"
            return
        old = self.instances[number]["InstanceId"]
        self.instances[number] = new
        self.health = {**{key: value for key, value in self.health.items() if key != old}, new["InstanceId"]: "healthy"}

    def _end(self, made: dict[str, Any]) -> None:
        if self.fails:
            self._event("SiteAutoScalingGroup", "UPDATE_FAILED", "Received 1 FAILURE signal(s)")
            self._event(STACK, "UPDATE_ROLLBACK_COMPLETE")
            self.stack_status = "UPDATE_ROLLBACK_COMPLETE"
            del self.health[self.instances.pop()["InstanceId"]]
            return
        self.template, self.values = made["template"], made["values"]
        self.processed = self._expanded(self.template, self.values)
        if "SiteCanaryGroup" not in self.processed["Resources"]:
            self.canary_health = {}
        self.stack_status = "UPDATE_COMPLETE"
        self._event("SiteAutoScalingGroup", "UPDATE_COMPLETE")
        self._event(STACK, "UPDATE_COMPLETE")


def _scope(old: dict[str, Any] | None, new: dict[str, Any]) -> tuple[str, ...]:
    """Return which attributes of a resource change."""
    return tuple(name for name in ("Properties", "Metadata") if old and old.get(name) != new.get(name))


def _resolved(template: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    """Return the resources of a template with the values of its parameters."""
    text = json.dumps(template["Resources"])
    for name, value in values.items():
        text = text.replace(json.dumps({"Ref": name}), json.dumps(value))
    found: dict[str, Any] = json.loads(text)
    return found


__all__ = ["BUCKET", "NOW", "FakeRelease"]
