"""What is replicated to another Region: buckets and secrets, and the alarms on the lag of replicas."""

from dataclasses import dataclass

from cli.analysis.availability.references import referenced_id, referenced_ids
from cli.analysis.availability.resources import Resource, Resources


@dataclass(frozen=True)
class LagAlarm:
    """An alarm on the lag of a database's replica, and its threshold in seconds."""

    database: str
    threshold: int


@dataclass(frozen=True)
class Replication:
    """What is replicated, by logical id: buckets to a bucket, databases' backups and rotated secrets to Regions."""

    buckets: dict[str, str]
    backups: dict[str, str]
    rotated_secrets: dict[str, tuple[str, ...]]
    lag_alarms: tuple[LagAlarm, ...]


def read(resources: Resources) -> Replication:
    """Return what the template replicates."""
    rotated = {
        referenced_id(made.properties.text("SecretId"))
        for made in resources.of_type("AWS::SecretsManager::RotationSchedule")
    }
    secrets = {
        made.logical_id: tuple(replica.text("Region") for replica in made.properties.each("ReplicaRegions"))
        for made in resources.of_type("AWS::SecretsManager::Secret")
        if made.logical_id in rotated
    }
    alarms = [_lag_alarm(made) for made in resources.of_type("AWS::CloudWatch::Alarm")]
    return Replication(
        _buckets(resources),
        {made.logical_id: to for made in resources.of_type("AWS::RDS::DBInstance") if (to := _backups_to(made))},
        {name: regions for name, regions in secrets.items() if regions},
        tuple(alarm for alarm in alarms if alarm),
    )


def _buckets(resources: Resources) -> dict[str, str]:
    found = {}
    for made in resources.of_type("AWS::S3::Bucket"):
        for rule in made.properties.inner("ReplicationConfiguration").each("Rules"):
            named = referenced_ids(rule.inner("Destination").text("Bucket"))
            if rule.text("Status") == "Enabled" and named:
                found[made.logical_id] = min(named)
    return found


def _backups_to(made: Resource) -> str:
    """Return the Region that a database's automated backups are replicated to; empty if they are not."""
    return made.properties.text("AutomaticBackupReplicationRegion")


def _lag_alarm(made: Resource) -> LagAlarm | None:
    """Return an alarm on ReplicaLag, or on an expression with it; None for any other alarm."""
    for query in made.properties.each("Metrics"):
        metric = query.inner("MetricStat").inner("Metric")
        if metric.text("MetricName") != "ReplicaLag":
            continue
        instance = next((referenced_id(item.text("Value")) for item in metric.each("Dimensions")), None)
        return LagAlarm(instance or "", made.properties.number("Threshold", 0))
    return None
