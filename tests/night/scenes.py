"""The scenes of the night, in order: each breaks something, waits for its alarm, and runs what the runbook says."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cli.analysis.availability.documented_timings import RDS_FAILOVER
from resilient_website.tiers.load_balancer.origin_secret import HEADER
from tests.failover.repeating import Repeating
from tests.night import runbook
from tests.night.alarms import Alarm
from tests.night.filling import SECONDS_BETWEEN, FillingJob, GrowingLog
from tests.night.night import ENOUGH, Night, failures, now
from tools.emulator.visitor import visit

NOTHING = "nothing"


@dataclass(frozen=True)
class Row:
    """A line of the table. Minutes are of AWS: until the alarm fires, and from the first failed page to the last one.

    `alarm` is empty if none fires.
    """

    scene: str
    alarm: str
    alarm_minutes: float
    commands: tuple[str, ...]
    failing_minutes: float
    asked: int
    failed: int
    lost: str


@dataclass(frozen=True)
class Start:
    """When a scene began (time.monotonic), and how many orders the database had then."""

    at: float
    orders: int


def bad_release(night: Night) -> Row:
    """Release an application whose health check succeeds, and whose pages fail."""
    good, start = night.servers.release, _start(night)
    folder = night.application("BROKEN = True")
    night.shell.run(f'resilient-website release "$STACK" {folder}')
    alarm = night.alarm("ApplicationErrorsAlarm")
    night.arrived(lambda: bool(failures(night.since(start.at))), "the release fails nowhere")
    alarm_seconds = alarm.fired(night.errors)
    assert runbook.leads(alarm.section, "roll-back-a-release")
    script = runbook.commands("roll-back-a-release", 'resilient-website release "$STACK" --back')
    night.shell.run(script)
    assert night.servers.release == good
    return _over(night, "a bad release", alarm, alarm_seconds, [script], start)


def dropped_table(night: Night) -> Row:
    """Drop a table: the database comes back as it was a moment before."""
    databases = night.databases
    databases.moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    night.arrived(lambda: datetime.now(UTC) > databases.moment + timedelta(seconds=0.5), "time stops")
    orders = databases.current.administer("SELECT COUNT(*) FROM website.orders; DROP TABLE website.orders")[0]
    start = Start(now(), int(orders))
    alarm = night.alarm("ApplicationErrorsAlarm")
    alarm_seconds = alarm.fired(night.errors)
    assert runbook.leads(alarm.section, "restore-the-database")
    restore = 'resilient-website restore "$STACK" --site "$SITE" --to 2026-01-31T03:10:00Z'
    moment = {"2026-01-31T03:10:00Z": f"{databases.moment:%Y-%m-%dT%H:%M:%SZ}"}
    on = 'resilient-website maintenance on "$STACK"'
    scripts = [
        runbook.commands("restore-the-database", f"{restore} --dry-run", on, shown=moment),
        runbook.commands("restore-the-database", restore, shown=moment),
        runbook.commands("show-the-friendly-page-on-purpose", 'resilient-website maintenance off "$STACK"'),
    ]
    for script in scripts:
        night.shell.run(script)
    gone = start.orders - databases.restored_rows
    row = _over(night, "a dropped table", alarm, alarm_seconds, scripts, Start(start.at, databases.restored_rows))
    return replace(row, lost=f"{gone} of {start.orders} orders: those between the time of --to and the mistake")


def dead_zone(night: Night) -> Row:
    """Lose a zone with its servers and the primary database, whose standby takes over; new servers do not start."""
    zone, start = night.zone(1), _start(night)
    night.servers.lose_zone(zone)
    night.databases.fail_over(night.scale.here(RDS_FAILOVER.seconds.low))
    alarm = night.alarm("UnhealthyHosts1Alarm")
    alarm_seconds = alarm.fired(lambda _: night.servers.unhealthy(zone))
    assert runbook.leads(alarm.section, "leave-a-zone")
    look = runbook.commands("leave-a-zone", "aws cloudwatch describe-alarms", "aws ec2 describe-availability-zones")
    shown = night.shell.run(look)
    assert zone in shown.splitlines()[0], shown
    (zone_id,) = [line.split("|")[2].strip() for line in shown.splitlines() if f" {zone} " in line and "|" in line]
    shift = runbook.commands("leave-a-zone", "aws arc-zonal-shift start-zonal-shift", shown={"use1-az1": zone_id})
    started = json.loads(night.shell.run(f"{shift} --output json"))
    assert (started["awayFrom"], started["status"]) == (zone_id, "ACTIVE")
    row = _over(night, "a dead zone", alarm, alarm_seconds, [look, shift], start)
    night.servers.bring_back()
    night.databases.add_standby()
    cancel = {"11111111-2222-3333-4444-555555555555": started["zonalShiftId"]}
    night.shell.run(runbook.commands("leave-a-zone", "aws arc-zonal-shift cancel-zonal-shift", shown=cancel))
    return row


def full_disk(night: Night) -> Row:
    """Let a log fill a server's disk: a third of the pages, which keep an upload, fail until it is replaced."""
    start, first = _start(night), next(iter(night.servers.zones))
    disk, log = night.servers.disk(first), GrowingLog()
    assert disk
    alarm = night.alarm("ServerDiskAlarm")
    log.reach(disk, alarm.described["Threshold"] + 0.5)
    with Repeating(lambda: log.grow(disk), SECONDS_BETWEEN):
        alarm_seconds = alarm.fired(lambda _: night.servers.disk_used_percent())
    assert alarm.section == "a-full-disk"
    assert not failures(night.since(start.at)), "pages fail before the alarm"
    # No one has reacted yet. The rest goes faster, so that the scene is short.
    log.fill(disk)
    with Repeating(lambda: log.grow(disk), SECONDS_BETWEEN):
        night.arrived(lambda: bool(failures(night.since(start.at))), "the disk is not full")
        assert disk.free == 0
        terminate = "aws autoscaling terminate-instance-in-auto-scaling-group"
        script = runbook.commands("a-full-disk", terminate, shown={"i-0123456789abcdef0": first})
        night.shell.run(script)
        night.arrived(lambda: first not in night.servers.zones and night.servers.settled, "the server is not replaced")
    assert night.servers.disk_used_percent() < alarm.described["Threshold"]
    return _over(night, "a full disk", alarm, alarm_seconds, [script], start)


def full_database(night: Night) -> Row:
    """Let a job of the application fill the database's disk: no order can be written until there is more storage."""
    databases, start = night.databases, _start(night)
    alarm = night.alarm("DatabaseStorageAlarm")
    job = FillingJob(databases.current)
    job.reach(lambda: databases.free_storage < alarm.described["Threshold"])
    with Repeating(job.write, SECONDS_BETWEEN):
        alarm_seconds = alarm.fired(lambda _: databases.free_storage)
    assert alarm.section == "a-full-disk"
    assert not failures(night.since(start.at)), "pages fail before the alarm"
    job.fill()
    with Repeating(job.write, SECONDS_BETWEEN):
        night.arrived(lambda: len(failures(night.since(start.at))) > ENOUGH, "the disk is not full")
        assert "is full" in job.refused, job.refused
        scripts = [runbook.commands("a-full-disk", "aws rds describe-db-instances", "aws rds modify-db-instance")]
        night.shell.run(scripts[0])
        night.arrived(lambda: databases.free_storage > alarm.described["Threshold"], "the disk does not grow")
        return _over(night, "a full database", alarm, alarm_seconds, scripts, start)


def leaked_secret(night: Night) -> Row:
    """Leak everything that a server knows: nothing of it is accepted afterwards."""
    client, resources, start = night.installation.client("secretsmanager"), night.resources, _start(night)

    def secret(name: str) -> str:
        return str(client.get_secret_value(SecretId=resources[name])["SecretString"])

    names = ("SiteOriginSecret", "SiteDatabaseSecret")
    leaked, servers = {name: secret(name) for name in names}, set(night.servers.zones)
    shown = {"2026-01-31T03:00:00Z": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    title, rotate = "rotate-everything-after-a-leak", "aws secretsmanager rotate-secret --secret-id"
    header = runbook.commands(title, f'{rotate} "$(resource OriginSecret)"')
    look = runbook.commands(title, "aws secretsmanager describe-secret")
    others = [
        runbook.commands(title, f'{rotate} "$(resource DatabaseSecret)"'),
        runbook.commands(title, "aws autoscaling start-instance-refresh", "aws iam put-role-policy", shown=shown),
    ]
    night.shell.run(header)
    night.arrived(lambda: secret(names[0]) != leaked[names[0]], "the header is not rotated")
    between = secret(names[0])
    assert ["AWSPENDING"] not in json.loads(night.shell.run(f"{look} --output json")).values()
    scripts = [header, look, header, *others]
    for script in scripts[2:]:
        night.shell.run(script)
    night.arrived(lambda: secret(names[0]) != between, "the header is not rotated again")
    night.arrived(lambda: secret(names[1]) != leaked[names[1]], "the password is not rotated")
    night.arrived(lambda: night.servers.settled and not servers & set(night.servers.zones), "servers are not replaced")
    assert _accepts(night, secret("SiteOriginSecret"))
    assert not _accepts(night, leaked["SiteOriginSecret"]), "the load balancer accepts the leaked header"
    return _over(night, "a leaked secret", None, 0, scripts, start)


def _accepts(night: Night, value: str) -> bool:
    """Tell whether the load balancer itself answers a request with this secret header."""
    arn = night.resources["SiteLoadBalancer"]
    (found,) = night.installation.client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    answer = visit(night.installation.emulator, f"{found['DNSName']}:80", "/health", headers={HEADER: value})
    return answer.status != 403


def _start(night: Night) -> Start:
    """Return the beginning of a scene."""
    orders = night.databases.rows()
    return Start(now(), orders)


def _over(night: Night, scene: str, alarm: Alarm | None, alarm_seconds: float, scripts: list[str], start: Start) -> Row:
    """Wait until pages come again, and return the row. Each page since the start must be an order in the database.

    A page whose order has the number of another page's is lost: after a failover, a number can be given again.
    """
    moment = now()
    night.arrived(lambda: len(night.since(moment)) > 3 and night.back(), f"{scene}: no page comes")
    if alarm is not None:
        alarm.over()
    seen = night.since(start.at)
    failed = failures(seen)
    acknowledged = [each.order for each in seen if each.order is not None]
    assert len(acknowledged) == len(seen) - len(failed), "a page has no order"
    lost = len(acknowledged) - len(set(acknowledged) & night.databases.orders())
    assert not lost, f"{scene}: {lost} orders are lost, of {len(acknowledged)}"
    return Row(
        scene=scene,
        alarm=alarm.name if alarm else "",
        alarm_minutes=alarm_seconds / 60,
        commands=tuple(scripts),
        failing_minutes=night.minutes(failed[0].at, failed[-1].until) if failed else 0,
        asked=len(seen),
        failed=len(failed),
        lost=NOTHING,
    )


SCENES: tuple[Callable[[Night], Row], ...] = (
    bad_release,
    dropped_table,
    dead_zone,
    full_disk,
    full_database,
    leaked_secret,
)
