"""The database: its instances with their zones, replication, storage, and pending maintenance."""

from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.deployed.databases import NO_INSTANCE
from cli.deployed.site import INSTANCE_TYPE, DeployedSite
from cli.status.metrics import Metric, newest
from cli.status.rows import Row, State, good
from resilient_website.facts.rds import AUTOSCALING_FREE_SHARE

TIER = "database"
NAMESPACE, DIMENSION = "AWS/RDS", "DBInstanceIdentifier"
GIB = 1024**3

# The status of an instance that answers, with what RDS does meanwhile. Source: "Viewing Amazon RDS DB instance status".
SERVING = (
    "available",
    "backing-up",
    "configuring-enhanced-monitoring",
    "configuring-iam-database-auth",
    "configuring-log-exports",
    "modifying",
    "storage-optimization",
)

# The status in which replication runs. Source: "Troubleshooting a MySQL read replica problem" in the RDS User Guide.
REPLICATING = ("replicating", "connecting")

# A replica that is behind by more is reported, in seconds.
LATE_SECONDS = 60


def instances(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield the primary's and each replica's status."""
    for resource in site.of_type(INSTANCE_TYPE):
        part = resource.logical_id.removeprefix(site.name)
        found = _instance(resource.physical_id, aws)
        if found is None:
            yield Row(TIER, part, State.DOWN, f"RDS has no {resource.physical_id}")
            continue
        yield _status(part, found)


def storage(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield each instance's free storage, and each replica's lag."""
    known = [(each, _instance(each.physical_id, aws)) for each in site.of_type(INSTANCE_TYPE)]
    described = {each.logical_id.removeprefix(site.name): found for each, found in known if found}
    free = {part: _metric("FreeStorageSpace", found) for part, found in described.items()}
    lags = {part: _metric("ReplicaLag", found) for part, found in described.items() if _source(found)}
    values = newest(aws, [*free.values(), *lags.values()])
    for part, metric in free.items():
        if metric in values:
            left, size = values[metric] / GIB, described[part]["AllocatedStorage"]
            yield Row(
                TIER,
                f"{part} storage",
                good(left >= size * AUTOSCALING_FREE_SHARE),
                f"{left:.1f} GiB left of {size} GiB",
            )
    for part, metric in lags.items():
        lag = values.get(metric)
        found = (
            "CloudWatch has no ReplicaLag" if lag is None else f"{lag:g} s behind" if lag >= 0 else "not replicating"
        )
        late = lag is not None and not 0 <= lag <= LATE_SECONDS
        yield Row(TIER, f"{part} lag", State.NOTE if lag is None else good(not late), found)


def maintenance(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield the maintenance that RDS has announced for an instance."""
    for resource in site.of_type(INSTANCE_TYPE):
        found = _instance(resource.physical_id, aws)
        if found is None:
            continue
        answer = aws.ask("rds", "describe_pending_maintenance_actions", ResourceIdentifier=found["DBInstanceArn"]).get(
            "PendingMaintenanceActions", []
        )
        part = f"{resource.logical_id.removeprefix(site.name)} maintenance"
        for each in (one for entry in answer for one in entry.get("PendingMaintenanceActionDetails", [])):
            at = each.get("CurrentApplyDate") or each.get("ForcedApplyDate") or each.get("AutoAppliedAfterDate")
            when = f" at {at:%Y-%m-%d %H:%M} UTC" if at else ""
            yield Row(TIER, part, State.NOTE, f"{each['Action']}{when}: {each.get('Description', '')}")


def _instance(identifier: str, aws: Aws) -> dict[str, Any] | None:
    answer = aws.find("rds", "describe_db_instances", missing=NO_INSTANCE, DBInstanceIdentifier=identifier)
    return next(iter((answer or {}).get("DBInstances", [])), None)


def _status(part: str, found: dict[str, Any]) -> Row:
    zones = found.get("AvailabilityZone", "no zone yet")
    if found.get("MultiAZ"):
        zones += f", standby in {found.get('SecondaryAvailabilityZone', 'a zone that RDS does not name yet')}"
    texts = [f"{found['DBInstanceStatus']} in {zones}"]
    replication = [each for each in found.get("StatusInfos", []) if each.get("StatusType") == "read replication"]
    texts += [f"replication {each['Status']}" for each in replication]
    changes = ", ".join(sorted(found.get("PendingModifiedValues") or {}))
    texts += [f"pending changes: {changes}"] if changes else []
    broken = any(each["Status"] not in REPLICATING for each in replication)
    serves = found["DBInstanceStatus"] in SERVING
    lost = State.DEGRADED if _source(found) else State.DOWN
    return Row(TIER, part, lost if not serves else good(not broken), "; ".join(texts))


def _source(found: dict[str, Any]) -> str | None:
    return found.get("ReadReplicaSourceDBInstanceIdentifier")


def _metric(name: str, found: dict[str, Any]) -> Metric:
    return Metric(NAMESPACE, name, DIMENSION, found["DBInstanceIdentifier"])
