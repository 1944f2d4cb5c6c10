"""The hop to the database: the primary, which every dynamic page needs, and the replicas that may serve reads."""

from cli.analysis.availability import documented_timings
from cli.analysis.availability.answers import UNREACHABLE, Answer, Outcome, Phase, Reply, all_needed, page, unknown
from cli.analysis.availability.documented_timings import Seconds
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.compute import LaunchTemplate
from cli.analysis.availability.nodes.names import HealthCheck, Record
from cli.analysis.availability.nodes.network import allows_traffic
from cli.analysis.availability.nodes.stores import Database
from cli.analysis.availability.references import is_unknown, referenced_id

# The assumed status of an application whose database does not respond.
APPLICATION_ERROR = 500

# Source: "Amazon RDS Features", automatic host replacement, which has no timing.
NO_STANDBY = (
    "RDS automatically replaces a failed host in the same zone, in a time that AWS does not document; after the loss "
    "of its zone or its storage, restore the database from a backup"
)

# Health check types for which Route 53's checkers, outside of the VPC, need no connection.
WITHOUT_CONNECTION = ("CLOUDWATCH_METRIC", "CALCULATED", "RECOVERY_CONTROL")


def answer(graph: Graph, outage: Outage, template: LaunchTemplate, *, writes: bool = False) -> Answer:
    """Return the answer to a page whose servers use the databases in their launch template.

    One that `writes` fails if all of them are replicas, as on the standby half of a site with a copy.
    """
    unknown_stores = sorted(template.referenced_ids & graph.unfollowed)
    if unknown_stores and (outage.zone or outage.region or outage.database_primary):
        return unknown(f"the effect on {', '.join(unknown_stores)}")
    used = [graph.databases[name] for name in sorted(template.referenced_ids) if name in graph.databases]
    if writes and used and all(database.source for database in used):
        return _failed(f"{used[0].logical_id} is a read replica, which refuses writes")
    beside = [record for record in graph.records if graph.is_beside(record, template.logical_id)]
    names = {record.name for record in beside if record.values and record.name in template.text}
    readers = [
        tuple(record for record in beside if record.name == name and record.type in ("CNAME", "A"))
        for name in sorted(names)
    ]
    behind = [records for records in readers if any(_database(graph, record) for record in records)]
    return all_needed(
        page(),
        *(_instance(graph, outage, template, database) for database in used),
        *(_reads(graph, outage, template, records) for records in behind),
    )


def _instance(graph: Graph, outage: Outage, template: LaunchTemplate, database: Database) -> Answer:
    if not allows_traffic(graph.network, template.groups, database.groups, database.port):
        return _failed(f"{database.logical_id}'s security groups do not allow traffic from the web servers")
    if outage.region or outage.database:
        return _failed("the Region is down" if outage.region else "RDS does not respond")
    if database.source:
        lost = outage.read_replica or _may_be_in(outage, database)
        return _failed(f"{database.logical_id} is lost, and servers connect to its own endpoint") if lost else page()
    lost = outage.database_primary or _may_be_in(outage, database)
    return _failed_over(graph, outage, database) if lost else page()


def _failed_over(graph: Graph, outage: Outage, database: Database) -> Answer:
    """Return the answer to a page after the loss of the database's primary."""
    if not database.multi_az:
        return _failed(f"{database.logical_id} has no standby (MultiAZ): {NO_STANDBY}")
    zones = graph.network.zones_of(database.subnets or ())
    if outage.zone and any(is_unknown(zone) for zone in zones):
        return unknown(f"the zones of {database.logical_id}'s subnets")
    if database.subnets is not None and not [zone for zone in zones if zone != outage.zone]:
        return _failed(f"{database.logical_id} has no subnet in another zone")
    failing = Phase(_error("the database fails over"), documented_timings.RDS_FAILOVER.seconds)
    return page(documented_timings.RDS_FAILOVER.what).after(failing)


def _reads(graph: Graph, outage: Outage, template: LaunchTemplate, records: tuple[Record, ...]) -> Answer:
    """Return the answer to reads through a name with weighted records for several instances."""
    for record in records:
        database = _database(graph, record)
        if database and not allows_traffic(graph.network, template.groups, database.groups, database.port):
            return _failed(f"{database.logical_id}'s security groups do not allow traffic from the web servers")
    if outage.region or outage.database:
        return _failed("the Region is down" if outage.region else "RDS does not respond")
    used = [record for record in records if record.weight != 0] or list(records)
    lost = _lost(graph, outage, used)
    if not lost:
        return page()
    some = len(lost) < len(used)
    stuck = [record for record in lost if not _dropped(graph, record)]
    if stuck:
        why = f"{stuck[0].logical_id} has no health check: Route 53 keeps returning the lost replica"
        return Answer((Phase(_error(why), some=some),))
    spare = [record for record in records if record.weight == 0 and record not in lost]
    if not some and not spare:
        return _failed(f"{records[0].name} has no other instance")
    checks = [graph.health_checks[referenced_id(record.health_check) or ""] for record in lost]
    noticed = max((_noticed(check) for check in checks), key=lambda span: span.high)
    ttl = Seconds(0, max(record.ttl for record in lost))
    noticing = Phase(_error("reads from the lost replica fail"), noticed + ttl, some)
    return page(f"Route 53 stops returning the lost replica for {records[0].name}").after(noticing)


def _noticed(check: HealthCheck) -> Seconds:
    """Return how long a health check takes to fail: for one based on an alarm, its periods are only the minimum."""
    least = Seconds(check.seconds, check.seconds)
    return least + documented_timings.ALARM_NOTICES.seconds if check.of_alarm else least


def _lost(graph: Graph, outage: Outage, used: list[Record]) -> list[Record]:
    """Return the records whose instance is lost; for the loss of one replica, the one with the worst effect."""
    replicas = [record for record in used if (found := _database(graph, record)) and found.source]
    if outage.zone:
        return [record for record in replicas if (found := _database(graph, record)) and _may_be_in(outage, found)]
    if outage.read_replica:
        return sorted(replicas, key=lambda record: _dropped(graph, record))[:1]
    return []


def _dropped(graph: Graph, record: Record) -> bool:
    """Return whether Route 53 stops returning a record whose instance is lost."""
    check = graph.health_checks.get(referenced_id(record.health_check) or "")
    return check is not None and check.type in WITHOUT_CONNECTION


def _may_be_in(outage: Outage, database: Database) -> bool:
    """Return whether an instance may be in the lost zone: RDS chooses the zone if the template does not."""
    return bool(outage.zone) and database.zone in ("", outage.zone)


def _database(graph: Graph, record: Record) -> Database | None:
    found = (graph.databases.get(referenced_id(value) or "") for value in record.values)
    return next((database for database in found if database), None)


def _error(why: str) -> Reply:
    return Reply(Outcome.ERROR, APPLICATION_ERROR, (f"the application's own error: {why}",), also=UNREACHABLE[1:])


def _failed(why: str) -> Answer:
    return Answer((Phase(_error(why)),))
