"""Drills: AWS FIS experiments that cause failures that the site is built to survive.

Each stops automatically when an alarm of the site starts, and can affect only this site. None starts automatically.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, fis

from resilient_website.context import Context
from resilient_website.tiers.cache import Cache
from resilient_website.tiers.database import Database
from resilient_website.tiers.drills import role
from resilient_website.tiers.drills.copy_drills import ReplicatedBucket, pause, restart
from resilient_website.tiers.drills.parts import DURATION, Part, merged, reboot
from resilient_website.tiers.tags import SITE_TAG, site_name

__all__ = ["Drill", "ReplicatedBucket", "Targets", "build", "drills"]

# A zone without a server, cache node or primary doesn't fail a drill.
OPTIONS = fis.ExperimentTemplateExperimentOptions(AccountTargeting="single-account", EmptyTargetResolutionMode="skip")


class Targets(NamedTuple):
    """The targets of drills: the zones' names, and the tiers (None: not used).

    `stop_alarms` are the logical ids of alarms that stop a drill. `replicated` is the bucket that S3 replicates to the
    Region of the site's copy; None without a copy, and in the copy itself.
    """

    zones: tuple[AWSHelperFn, ...]
    database: Database | None
    cache: Cache | None
    stop_alarms: tuple[str, ...]
    replicated: ReplicatedBucket | None = None


class Drill(NamedTuple):
    """One experiment: its name, description, and FIS targets and actions."""

    suffix: str
    description: str
    targets: dict[str, Any]
    actions: dict[str, Any]


def build(context: Context, targets: Targets) -> tuple[AWSObject, ...]:
    """Return the experiments' role and the experiment templates."""
    made = role.build(context, targets.database, targets.cache, targets.replicated)
    stop_conditions = [
        fis.ExperimentTemplateStopCondition(Source="aws:cloudwatch:alarm", Value=GetAtt(alarm, "Arn"))
        for alarm in targets.stop_alarms
    ]
    return made, *(_template(context, drill, made, stop_conditions) for drill in drills(context, targets))


def drills(context: Context, targets: Targets) -> Iterator[Drill]:
    """Yield the drills of zones, of the database's primary, and of the replication to a copy in another Region."""
    for number, zone in enumerate(targets.zones, start=1):
        servers, cache = _servers(context, zone), _cache(context, targets.cache, zone)
        yield Drill(f"ServersDrill{number}", f"Stop the web servers of zone {number}", *merged(servers))
        if cache:
            yield Drill(f"CacheDrill{number}", f"Interrupt the power of the cache in zone {number}", *merged(cache))
        parts = [part for part in (servers, cache, _database(targets.database, zone)) if part]
        what = "web servers, cache and database primary"
        yield Drill(f"ZoneDrill{number}", f"Interrupt the power of zone {number}: {what}", *merged(*parts))
    failover = _database(targets.database)
    if failover:
        yield Drill("DatabaseDrill", "Fail over the database to its standby", *merged(failover))
    if targets.database and targets.database.is_copy:
        what = "Restart the copy's database: its replication stops, then catches up"
        yield Drill("CopyDatabaseDrill", what, *merged(restart(targets.database)))
    if targets.replicated:
        what = "Pause the replication of the assets to the copy's Region"
        yield Drill("AssetsReplicationDrill", what, *merged(pause(context, targets.replicated)))


def _servers(context: Context, zone: AWSHelperFn) -> Part:
    target = {
        "ResourceType": "aws:ec2:instance",
        "ResourceTags": {SITE_TAG: site_name(context)},
        "Filters": [
            {"Path": "Placement.AvailabilityZone", "Values": [zone]},
            {"Path": "State.Name", "Values": ["running"]},
        ],
        "SelectionMode": "ALL",
    }
    # The group terminates stopped servers and launches new ones, so none needs to be restarted.
    parameters = {"startInstancesAfterDuration": DURATION, "completeIfInstancesTerminated": "true"}
    action = {"ActionId": "aws:ec2:stop-instances", "Parameters": parameters, "Targets": {"Instances": "Servers"}}
    return "Servers", target, action


def _cache(context: Context, cache: Cache | None, zone: AWSHelperFn) -> Part | None:
    """Return the cache's target and action; for replication groups only. Source: "AWS FIS actions reference"."""
    if cache is None or cache.replication_group is None:
        return None
    target = {
        "ResourceType": "aws:elasticache:replicationgroup",
        "ResourceTags": {SITE_TAG: site_name(context)},
        "Parameters": {"availabilityZoneIdentifier": zone},
        "SelectionMode": "ALL",
    }
    action = {
        "ActionId": "aws:elasticache:replicationgroup-interrupt-az-power",
        "Parameters": {"duration": DURATION},
        "Targets": {"ReplicationGroups": "Cache"},
    }
    return "Cache", target, action


def _database(database: Database | None, zone: AWSHelperFn | None = None) -> Part | None:
    """Return the database's target and action: a reboot with failover, which requires a standby.

    With a zone: only if the primary is there, otherwise the drill would fail over into the zone.
    """
    if database is None or not database.multi_az:
        return None
    return reboot("Database", database, failover=True, zone=zone)


def _template(
    context: Context, drill: Drill, made: AWSObject, stop_conditions: Sequence[fis.ExperimentTemplateStopCondition]
) -> fis.ExperimentTemplate:
    return fis.ExperimentTemplate(
        context.id(drill.suffix),
        Description=drill.description,
        RoleArn=GetAtt(made, "Arn"),
        StopConditions=list(stop_conditions),
        Targets=drill.targets,
        Actions=drill.actions,
        ExperimentOptions=OPTIONS,
        Tags={"Name": context.title(drill.description)},
    )
