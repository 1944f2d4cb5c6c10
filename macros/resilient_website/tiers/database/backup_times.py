"""Backup schedules: AWS Backup must not start during RDS's windows or in the hour before.

Source: "Troubleshooting AWS Backup", jobs of database services in the hour before or during a maintenance or automatic
backup window fail.
"""

import re
from dataclasses import replace

from resilient_website.cloudformation.calls import known_value
from resilient_website.facts.rds import MIN_WINDOW_MINUTES
from resilient_website.reading.reader import Reader
from resilient_website.reading.windows import DAY_MINUTES, collide
from resilient_website.tiers.database.spec import DatabaseSpec

BEFORE_MINUTES = 60
# The windows are placed before the plan's time, since AWS Backup can start a job hours late.
STEP_MINUTES = 120
# If a plan leaves no time for them at these steps.
FINER_STEP_MINUTES = 15
# Minute, hour, day of the month, month, day of the week, year.
CRON_FIELDS = 6


def starts(schedule: str) -> frozenset[int]:
    """Return the minutes of the day (UTC) at which a cron expression starts; none if unreadable."""
    fields = _fields(schedule)
    if fields is None:
        return frozenset()
    return frozenset(60 * hour + minute for hour in _values(fields[1], 24) for minute in _values(fields[0], 60))


def with_windows(spec: DatabaseSpec) -> DatabaseSpec:
    """Return the database with both windows set to avoid its backup plan; unchanged without a plan."""
    schedule = known_value(spec.backup_plan.schedule) if spec.backup_plan else None
    if schedule is None:
        return spec
    times = starts(schedule)
    backup, maintenance = known_value(spec.backup_window), known_value(spec.maintenance_window)
    candidates = _candidates(times)
    if spec.backup_window is None and (spec.maintenance_window is None or isinstance(maintenance, str)):
        free = (c for c in candidates if maintenance is None or not collide(c, maintenance))
        backup = next(free, None)
    if spec.maintenance_window is None and isinstance(backup, str):
        weekly = (f"sun:{c[:5]}-{_day_of_end(c)}:{c[6:]}" for c in candidates)
        maintenance = next((w for w in weekly if not collide(backup, w)), None)
    given = {"backup_window": spec.backup_window, "maintenance_window": spec.maintenance_window}
    chosen = {"backup_window": backup, "maintenance_window": maintenance}
    return replace(spec, **{name: chosen[name] for name, value in given.items() if value is None})


def check(spec: DatabaseSpec, path: str, reader: Reader) -> None:
    """Note a plan that leaves no time for RDS's windows, and an explicit window in which a backup would fail."""
    if not spec.backup_plan or not isinstance(spec.backup_plan.schedule, str):
        return
    schedule = spec.backup_plan.schedule
    if starts(schedule) and not _candidates(starts(schedule)):
        found = (
            f"found {schedule}, which leaves no time for RDS's own windows: AWS Backup fails during a window and in "
        )
        fix = (
            "write at most one backup in two hours, as in cron(0 0/2 * * ? *); RDS's own backups restore to any second"
        )
        reader.problem(f"{path}.BackupPlan.ScheduleExpression", f"{found}the hour before it", fix)
        return
    fields = _fields(schedule)
    daily = fields is not None and {fields[2], fields[4]} <= {"*", "?"}
    windows = [("PreferredBackupWindow", spec.backup_window)]
    windows += [("PreferredMaintenanceWindow", spec.maintenance_window)] if daily else []
    for name, window in windows:
        if isinstance(window, str) and starts(schedule) & _forbidden(*_times(window)):
            reader.problem(
                f"{path}.{name}",
                f"found {window}, but BackupPlan has {schedule}, and AWS Backup fails during this window and in the "
                "hour before it",
                "move the window, or BackupPlan.ScheduleExpression",
                rests_on=[f"{path}.BackupPlan"],
            )


def _fields(schedule: str) -> list[str] | None:
    """Return the fields of a cron expression; None if it is not one."""
    fields = schedule.removeprefix("cron(").removesuffix(")").split(" ")
    is_cron = schedule.startswith("cron(") and schedule.endswith(")")
    return fields if is_cron and len(fields) == CRON_FIELDS and all(fields) else None


def _values(text: str, size: int) -> set[int]:
    """Return the values of a cron expression's field; none if it is invalid."""
    values: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"(\*|\d+)(?:-(\d+))?(?:/(\d+))?", part)
        if found is None:
            return set()
        first = 0 if found[1] == "*" else int(found[1])
        open_ended = found[1] == "*" or found[3] is not None
        last = int(found[2]) if found[2] else size - 1 if open_ended else first
        values |= {value for value in range(first, last + 1, max(1, int(found[3] or 1))) if value < size}
    return values


def _forbidden(start: int, end: int) -> frozenset[int]:
    length = (end - start) % DAY_MINUTES
    return frozenset((start + minute) % DAY_MINUTES for minute in range(-BEFORE_MINUTES, length + 1))


def _times(window: str) -> tuple[int, int]:
    start, end = (60 * int(text[-5:-3]) + int(text[-2:]) for text in window.split("-"))
    return start, end


def _candidates(times: frozenset[int]) -> list[str]:
    """Return the daily windows that avoid the plan, starting with the latest before it."""
    for minutes in (STEP_MINUTES, FINER_STEP_MINUTES) if times else ():
        starting = [(min(times) - minutes * step) % DAY_MINUTES for step in range(1, DAY_MINUTES // minutes)]
        found = [_window(start) for start in starting if not times & _forbidden(start, start + MIN_WINDOW_MINUTES)]
        if found:
            return found
    return []


def _window(start: int) -> str:
    end = (start + MIN_WINDOW_MINUTES) % DAY_MINUTES
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _day_of_end(window: str) -> str:
    start, end = _times(window)
    return "sun" if start < end else "mon"
