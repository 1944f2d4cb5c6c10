"""A stack of the harness's: an expanded template whose resources are there, with roles as IAM would have them."""

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from tests.isolation.account import ACCOUNT, Account
from tests.isolation.deployed_resources import MAKERS, DeployedResource, Place, other
from tests.isolation.evaluator import Caller
from tests.isolation.resolve import Resolver
from tests.isolation.wire import Json

# CloudFormation's tags for the stack reach no listener rule: conditions on them must not be relied on.
WITHOUT_STACK_TAGS = ("AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::CloudFront::VpcOrigin")


class Stack:
    """One stack. Resources are made when something refers to them first; `owner` is the neighbour that has them."""

    def __init__(self, account: Account, name: str, region: str, template: Mapping[str, Any], guid: str = "") -> None:
        self.account, self.name, self.region, self.template = account, name, region, template
        self.guid = guid or str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
        self.id = f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/{self.guid}"
        self.resolver = Resolver(template, self)
        self.owner, self.status, self.tags = name, "CREATE_COMPLETE", dict[str, str]()
        self.outputs: dict[str, Json] = {}
        self.deployed_resources: dict[str, DeployedResource] = {}
        # Of custom resources, and of resources under way.
        self.physical_ids: dict[str, str] = {}
        self.statuses: dict[str, str] = {}
        account.own(self.id, name)

    def deploy(self) -> None:
        """Make every resource, but what a function makes for a custom resource."""
        for name in self._present():
            self.deployed(name)
        for name, properties in self.of_type("AWS::SecretsManager::SecretTargetAttachment"):
            self._attach(properties, name)
        for _, properties in self.of_type("AWS::SecretsManager::RotationSchedule"):
            self.account.rotations[properties["SecretId"]] = properties.get("RotationLambdaARN", "")
        for name, properties in self.of_type("AWS::S3::BucketPolicy"):
            # Resolved when it is asked for, as roles are: it may name what a function has yet to make.
            self.account.bucket_policies[properties["Bucket"]] = lambda name=name: self.properties(name)[
                "PolicyDocument"
            ]  # type: ignore[misc]
        for name, _ in self.of_type("AWS::IAM::Role"):
            self.account.callers[self.access_key(name)] = lambda name=name: self.caller(name)  # type: ignore[misc]

    def change(self, template: Mapping[str, Any]) -> None:
        """Become what another template says: what is new is made, what is there stays."""
        self.template, self.resolver = template, Resolver(template, self)
        self.deploy()

    def remove(self) -> bool:
        """Delete what is in moto; return whether that was possible."""
        for name, properties in list(self.of_type("AWS::S3::BucketPolicy")):
            self.account.bucket_policies.pop(properties["Bucket"], None)
            self.deployed_resources.pop(name, None)
        s3 = self.account.client("s3", self.region)
        for name, _ in self.of_type("AWS::S3::Bucket"):
            try:
                s3.delete_bucket(Bucket=self.deployed_resources[name].ref)
            except s3.exceptions.ClientError:
                return False
        return True

    def summaries(self) -> list[Json]:
        """Return the resources as ListStackResources does."""
        return [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": self.physical_ids.get(name) or self.deployed(name).ref,
                "ResourceType": self.template["Resources"][name]["Type"],
                "ResourceStatus": self.statuses.get(name, self.status),
                "LastUpdatedTimestamp": "2026-01-01T00:00:00Z",
            }
            for name in self._present()
        ]

    def access_key(self, role: str) -> str:
        """Return the access key of a role's credentials."""
        return f"{self.name}.{role}"

    def caller(self, role: str) -> Caller:
        """Return a role as it is now, by its logical id."""
        properties = self.properties(role)
        policies = {policy["PolicyName"]: policy["PolicyDocument"] for policy in properties.get("Policies", [])}
        for kind in ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"):
            for name in self._names(kind):
                body = self.template["Resources"][name]["Properties"]
                attached = self.resolver.value({key: body.get(key) for key in ("Roles", "RoleName")})
                if self.ref(role) in (*(attached.get("Roles") or []), attached.get("RoleName")):
                    policies[name] = self.properties(name)["PolicyDocument"]
        return Caller(f"{self.name}.{role}", str(self.deployed(role).attributes["Arn"]), policies)

    def of_type(self, *kinds: str) -> Iterator[tuple[str, Json]]:
        """Yield the resources of types, with their properties resolved."""
        for name in self._names(*kinds):
            yield name, self.properties(name)

    def properties(self, name: str) -> Json:
        """Return a resource's properties, resolved."""
        found: Json = self.resolver.value(self.template["Resources"][name].get("Properties", {}))
        return found

    def deployed(self, name: str) -> DeployedResource:
        """Return a resource; it is made if it is not there yet."""
        if name not in self.deployed_resources:
            resource = self.template["Resources"][name]
            kind, place = resource["Type"], Place(self.account, self.name, self.region, name)
            maker = MAKERS.get(kind)
            made = maker(place, self.properties(name)) if maker else other(place, kind)
            self.deployed_resources[name] = made
            if made.arn:
                self.account.own(made.arn, self.owner, self._tags(name, kind))
        return self.deployed_resources[name]

    def ref(self, name: str) -> Any:
        """Return what Ref gives for a resource or a pseudo parameter."""
        pseudo = {
            "AWS::Region": self.region,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.name,
            "AWS::StackId": self.id,
        }
        return pseudo[name] if name in pseudo else self.physical_ids.get(name) or self.deployed(name).ref

    def attribute(self, name: str, attribute: str) -> Any:
        """Return what Fn::GetAtt gives: for a custom resource, what its function has answered."""
        if name in self.outputs and attribute in self.outputs[name]:
            return self.outputs[name][attribute]
        found = self.deployed(name).attributes
        return found.get(attribute, f"{self.name}-{name}-{attribute}".lower())

    def imported(self, name: str) -> Any:
        """Return an export's value."""
        return self.account.exports[name]

    def secret(self, arn: str, key: str) -> str:
        """Return a secret's current value, or one field of it."""
        value = str(self.account.client("secretsmanager", self.region).get_secret_value(SecretId=arn)["SecretString"])
        return str(json.loads(value)[key]) if key else value

    def _names(self, *kinds: str) -> Iterator[str]:
        resources = self.template["Resources"]
        return (name for name in self._present() if resources[name]["Type"] in kinds)

    def _present(self) -> list[str]:
        resources = self.template["Resources"]
        return [
            name
            for name, body in resources.items()
            if "Condition" not in body or self.resolver.holds(body["Condition"])
        ]

    def _tags(self, name: str, kind: str) -> dict[str, str]:
        given = self.resolver.value(self.template["Resources"][name].get("Properties", {}).get("Tags", []))
        tags = {tag["Key"]: tag["Value"] for tag in given} if isinstance(given, list) else dict(given)
        if kind in WITHOUT_STACK_TAGS:
            return tags
        prefix = "aws:cloudformation:"
        return {**tags, f"{prefix}stack-id": self.id, f"{prefix}stack-name": self.name, f"{prefix}logical-id": name}

    def _attach(self, properties: Json, _name: str) -> None:
        """Complete a database's secret, as AWS::SecretsManager::SecretTargetAttachment does."""
        secrets = self.account.client("secretsmanager", self.region)
        value = json.loads(secrets.get_secret_value(SecretId=properties["SecretId"])["SecretString"])
        value["dbInstanceIdentifier"] = properties["TargetId"]
        secrets.put_secret_value(SecretId=properties["SecretId"], SecretString=json.dumps(value))
