"""What a neighbour has, as it is now: it must be the same after everything that others' functions were asked to do."""

import json
from typing import Any

from tests.isolation.bed import Bed
from tests.isolation.wire import Json

# Where functions make things, beside their own Region.
REGIONS = ("eu-west-1", "us-east-1", "us-west-2")


def state(bed: Bed, name: str = "neighbour") -> Json:
    """Return all that functions could change, by the ARN or name of the thing."""
    found: Json = {}
    for look in (_buckets, _secrets, _database, _rules, _distributions, _certificates, _records, _events, _stacks):
        found |= look(bed, name)
    return json.loads(json.dumps(found, default=str, sort_keys=True))  # type: ignore[no-any-return]


def _owned(bed: Bed, name: str, service: str, kind: str = "") -> list[str]:
    beginning = f"arn:aws:{service}:"
    return [
        arn for arn, owner in bed.account.owners.items() if owner == name and arn.startswith(beginning) and kind in arn
    ]


def _buckets(bed: Bed, name: str) -> Json:
    s3, found = bed.account.client("s3", "us-east-1"), {}
    for arn in _owned(bed, name, "s3", "s3:::"):
        try:
            versions = s3.list_object_versions(Bucket=arn.partition(":::")[2])
        except s3.exceptions.ClientError:
            continue
        kept = [*versions.get("Versions", []), *versions.get("DeleteMarkers", [])]
        found[arn] = sorted((entry["Key"], entry["VersionId"], entry.get("ETag", "")) for entry in kept)
    return found


def _secrets(bed: Bed, name: str) -> Json:
    secrets, found = bed.account.client("secretsmanager", "eu-west-1"), {}
    for arn in _owned(bed, name, "secretsmanager", ":secret:"):
        stages = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
        found[arn] = [stages, secrets.get_secret_value(SecretId=arn)["SecretString"]]
    return found


def _database(bed: Bed, name: str) -> Json:
    rds = bed.account.client("rds", "eu-west-1")
    names = [arn.rpartition(":")[2] for arn in _owned(bed, name, "rds", ":db:")]
    return {one: _settings(rds.describe_db_instances(DBInstanceIdentifier=one)["DBInstances"]) for one in names}


def _settings(instances: list[Any]) -> list[Any]:
    """Return instances without what changes by itself."""
    return [{key: value for key, value in one.items() if key != "LatestRestorableTime"} for one in instances]


def _rules(bed: Bed, name: str) -> Json:
    load_balancing = bed.account.client("elbv2", "eu-west-1")
    arns = _owned(bed, name, "elasticloadbalancing", ":listener-rule/")
    return {arn: load_balancing.describe_rules(RuleArns=[arn])["Rules"] for arn in arns}


def _distributions(bed: Bed, name: str) -> Json:
    cloudfront = bed.account.client("cloudfront", "us-east-1")
    arns = _owned(bed, name, "cloudfront", ":distribution/")
    return {arn: cloudfront.get_distribution_config(Id=arn.rpartition("/")[2])["DistributionConfig"] for arn in arns}


def _certificates(bed: Bed, name: str) -> Json:
    found: Json = {}
    for arn in _owned(bed, name, "acm", ":certificate/"):
        acm = bed.account.client("acm", arn.split(":")[3])
        try:
            status = acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainName"]
            found[arn] = [status, acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]]
        except acm.exceptions.ResourceNotFoundException:
            found[arn] = "is gone"
    return found


def _records(bed: Bed, name: str) -> Json:
    route53, zone = bed.account.client("route53", "us-east-1"), bed.zones[name]
    return {zone: route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]}


def _events(bed: Bed, name: str) -> Json:
    events, found = bed.account.client("events", "eu-west-1"), {}
    guid = bed.stacks[name].guid
    for rule in events.list_rules()["Rules"]:
        if bed.account.owner(rule["Arn"]) == name or guid in rule["Name"]:
            found[rule["Arn"]] = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    return found


def _stacks(bed: Bed, name: str) -> Json:
    mine = [stack for stack in bed.account.stacks.values() if bed.account.owner(stack.id) == name]
    return {stack.id: [stack.tags, dict(stack.template)] for stack in mine}
