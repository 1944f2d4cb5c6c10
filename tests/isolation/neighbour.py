"""What a neighbour has, as it is now: it must be the same after everything that others' functions were asked to do."""

import json
from typing import Any

from tests.isolation.harness import Harness
from tests.isolation.wire import Json

# Where functions make resources, beside their own Region.
REGIONS = ("eu-west-1", "us-east-1", "us-west-2")


def state(harness: Harness, name: str = "neighbour") -> Json:
    """Return all that functions could change, by the ARN or name of the resource."""
    found: Json = {}
    for look in (_buckets, _secrets, _database, _rules, _distributions, _certificates, _records, _events, _stacks):
        found |= look(harness, name)
    return json.loads(json.dumps(found, default=str, sort_keys=True))  # type: ignore[no-any-return]


def _owned(harness: Harness, name: str, service: str, kind: str = "") -> list[str]:
    beginning = f"arn:aws:{service}:"
    return [
        arn
        for arn, owner in harness.account.owners.items()
        if owner == name and arn.startswith(beginning) and kind in arn
    ]


def _buckets(harness: Harness, name: str) -> Json:
    s3, found = harness.account.client("s3", "us-east-1"), {}
    for arn in _owned(harness, name, "s3", "s3:::"):
        try:
            versions = s3.list_object_versions(Bucket=arn.partition(":::")[2])
        except s3.exceptions.ClientError:
            continue
        kept = [*versions.get("Versions", []), *versions.get("DeleteMarkers", [])]
        found[arn] = sorted((entry["Key"], entry["VersionId"], entry.get("ETag", "")) for entry in kept)
    return found


def _secrets(harness: Harness, name: str) -> Json:
    secrets, found = harness.account.client("secretsmanager", "eu-west-1"), {}
    for arn in _owned(harness, name, "secretsmanager", ":secret:"):
        stages = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
        found[arn] = [stages, secrets.get_secret_value(SecretId=arn)["SecretString"]]
    return found


def _database(harness: Harness, name: str) -> Json:
    rds = harness.account.client("rds", "eu-west-1")
    names = [arn.rpartition(":")[2] for arn in _owned(harness, name, "rds", ":db:")]
    return {one: _settings(rds.describe_db_instances(DBInstanceIdentifier=one)["DBInstances"]) for one in names}


def _settings(instances: list[Any]) -> list[Any]:
    """Return instances without what changes by itself."""
    return [{key: value for key, value in one.items() if key != "LatestRestorableTime"} for one in instances]


def _rules(harness: Harness, name: str) -> Json:
    load_balancing = harness.account.client("elbv2", "eu-west-1")
    arns = _owned(harness, name, "elasticloadbalancing", ":listener-rule/")
    return {arn: load_balancing.describe_rules(RuleArns=[arn])["Rules"] for arn in arns}


def _distributions(harness: Harness, name: str) -> Json:
    cloudfront = harness.account.client("cloudfront", "us-east-1")
    arns = _owned(harness, name, "cloudfront", ":distribution/")
    return {arn: cloudfront.get_distribution_config(Id=arn.rpartition("/")[2])["DistributionConfig"] for arn in arns}


def _certificates(harness: Harness, name: str) -> Json:
    found: Json = {}
    for arn in _owned(harness, name, "acm", ":certificate/"):
        acm = harness.account.client("acm", arn.split(":")[3])
        try:
            status = acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainName"]
            found[arn] = [status, acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]]
        except acm.exceptions.ResourceNotFoundException:
            found[arn] = "is gone"
    return found


def _records(harness: Harness, name: str) -> Json:
    route53, zone = harness.account.client("route53", "us-east-1"), harness.zones[name]
    return {zone: route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]}


def _events(harness: Harness, name: str) -> Json:
    events, found = harness.account.client("events", "eu-west-1"), {}
    guid = harness.stacks[name].guid
    for rule in events.list_rules()["Rules"]:
        if harness.account.owner(rule["Arn"]) == name or guid in rule["Name"]:
            found[rule["Arn"]] = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    return found


def _stacks(harness: Harness, name: str) -> Json:
    mine = [stack for stack in harness.account.stacks.values() if harness.account.owner(stack.id) == name]
    return {stack.id: [stack.tags, dict(stack.template)] for stack in mine}
