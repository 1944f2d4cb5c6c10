"""Scheduled scaling: more servers before an expected traffic peak, fewer after it."""

from collections.abc import Sequence
from typing import Any

from troposphere import AWSObject, Ref, autoscaling

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.frozen import frozen
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Integer
from resilient_website.reading.reader import Reader
from resilient_website.reading.schedules import Cron
from resilient_website.reading.time_zones import TimeZone
from resilient_website.reading.timestamps import Timestamp

SCHEDULED_ACTION = "AWS::AutoScaling::ScheduledAction"

TIME = Timestamp("a time, as in 2030-01-31T08:00:00Z")
LATER_TIME = Timestamp("a time after StartTime, as in 2030-12-31T08:00:00Z")

# An action has a time and changes a size.
A_TIME = Need("WebServers.ScheduledActions[].Recurrence", or_else=("WebServers.ScheduledActions[].StartTime",))
A_SIZE = Need(
    "WebServers.ScheduledActions[].MinSize",
    or_else=("WebServers.ScheduledActions[].MaxSize", "WebServers.ScheduledActions[].DesiredCapacity"),
)


@frozen
class ScheduledActionSpec(PropertyGroup):
    """One scheduled action, with CloudFormation's properties."""

    recurrence: Value | None = prop(
        "Recurrence",
        Cron(),
        None,
        examples=("0 8 * * 1-5", "0 6 * * *"),
        needs=(A_SIZE,),
        maps_to=f"{SCHEDULED_ACTION}.Recurrence",
        reason="absent: once, at StartTime",
    )
    time_zone: Value | None = prop(
        "TimeZone",
        TimeZone(),
        None,
        examples=("Europe/Berlin", "America/New_York"),
        needs=(Need("WebServers.ScheduledActions[].Recurrence"),),
        maps_to=f"{SCHEDULED_ACTION}.TimeZone",
        reason="absent: UTC",
    )
    start_time: Value | None = prop(
        "StartTime",
        TIME,
        None,
        examples=("2030-01-31T08:00:00Z",),
        needs=(A_SIZE,),
        maps_to=f"{SCHEDULED_ACTION}.StartTime",
        reason="absent: starts immediately",
    )
    end_time: Value | None = prop(
        "EndTime",
        LATER_TIME,
        None,
        examples=("2030-12-31T08:00:00Z",),
        needs=(Need("WebServers.ScheduledActions[].Recurrence"),),
        maps_to=f"{SCHEDULED_ACTION}.EndTime",
        reason="absent: no end",
    )
    min_size: Value | None = prop(
        "MinSize",
        Integer(2, 1000),
        None,
        needs=(A_TIME,),
        maps_to=f"{SCHEDULED_ACTION}.MinSize",
        reason="absent: unchanged",
    )
    max_size: Value | None = prop(
        "MaxSize",
        Integer(2, 1000),
        None,
        needs=(A_TIME,),
        maps_to=f"{SCHEDULED_ACTION}.MaxSize",
        reason="absent: unchanged",
    )
    desired_capacity: Value | None = prop(
        "DesiredCapacity",
        Integer(2, 1000),
        None,
        needs=(A_TIME,),
        maps_to=f"{SCHEDULED_ACTION}.DesiredCapacity",
        reason="absent: unchanged, within the minimum and maximum",
    )

    def properties(self) -> dict[str, Any]:
        """Return the set properties, by CloudFormation's names."""
        values = {
            "Recurrence": self.recurrence,
            "TimeZone": self.time_zone,
            "StartTime": self.start_time,
            "EndTime": self.end_time,
            "MinSize": self.min_size,
            "MaxSize": self.max_size,
            "DesiredCapacity": self.desired_capacity,
        }
        return {name: value for name, value in values.items() if value is not None}


def check(actions: Sequence[ScheduledActionSpec], zone_count: int, most: int, path: str, reader: Reader) -> None:
    """Note actions that never run, that change nothing, or with invalid sizes.

    A site has at least one server per zone, and `most` is the group's MaxSize.
    """
    _check_times(actions, path, reader)
    for index, action in enumerate(actions):
        _check_sizes(action, zone_count, most, f"{path}[{index}]", reader)
        if action.recurrence is None and action.start_time is None:
            times = [f"{path}[{index}].{name}" for name in ("Recurrence", "StartTime")]
            fix = "write Recurrence or StartTime"
            reader.problem(f"{path}[{index}]", "found no time: the action would never run", fix, rests_on=times)
        if action.min_size is None and action.max_size is None and action.desired_capacity is None:
            sizes = [f"{path}[{index}].{name}" for name in ("MinSize", "MaxSize", "DesiredCapacity")]
            fix = "write MinSize, MaxSize or DesiredCapacity"
            reader.problem(f"{path}[{index}]", "found no size: the action would change nothing", fix, rests_on=sizes)
        start, end = action.start_time, action.end_time
        if isinstance(start, str) and isinstance(end, str) and end <= start:
            where, fix = f"{path}[{index}].EndTime", f"write a time after {start}, or leave it out"
            reader.problem(where, f"found {end}, which is not after StartTime ({start})", fix)


def _check_times(actions: Sequence[ScheduledActionSpec], path: str, reader: Reader) -> None:
    """Note actions with the same time, which Auto Scaling rejects.

    Source: "Scheduled scaling for Amazon EC2 Auto Scaling", Considerations: a scheduled action has a unique time value.
    """
    seen: dict[tuple[Any, ...], int] = {}
    for index, action in enumerate(actions):
        once = action.start_time is not None
        time = (action.start_time,) if once else (action.recurrence, action.time_zone or "UTC")
        if not all(isinstance(part, str) for part in time):
            continue
        first = seen.setdefault(time, index)
        if first != index:
            name = "StartTime" if once else "Recurrence"
            found = f"found {' '.join(map(str, time))}, the time of [{first}] too; Auto Scaling allows only one"
            reader.problem(f"{path}[{index}].{name}", found, "combine the sizes of both in one action")


def _check_sizes(action: ScheduledActionSpec, zone_count: int, most: int, path: str, reader: Reader) -> None:
    """Check the sizes of a scheduled action against each other, the zones, and the group's MaxSize (`most`)."""
    own = action.max_size
    sizes = {"MinSize": action.min_size, "MaxSize": own, "DesiredCapacity": action.desired_capacity}
    for name, size in sizes.items():
        if isinstance(size, int) and size < zone_count:
            found = f"found {size}, but the site uses {zone_count} zones"
            reader.problem(f"{path}.{name}", found, f"write at least {zone_count}, one server per zone")
        elif name != "MaxSize" and isinstance(size, int) and own is None and size > most:
            fix = f"write at most {most}, or add a MaxSize here"
            reader.problem(f"{path}.{name}", f"found {size}, but the group's MaxSize is {most}", fix)
    for name in ("MinSize", "DesiredCapacity"):
        size = sizes[name]
        if isinstance(size, int) and isinstance(own, int) and size > own:
            where, fix = f"{path}.MaxSize", f"write at least {size}"
            reader.problem(where, f"found {own}, but {name} is {size}", fix)


def build(context: Context, actions: Sequence[ScheduledActionSpec], group: str) -> tuple[AWSObject, ...]:
    """Return the scheduled actions of a group, given by its logical id."""
    return tuple(
        autoscaling.ScheduledAction(
            context.id(f"ScheduledAction{number}"), AutoScalingGroupName=Ref(group), **action.properties()
        )
        for number, action in enumerate(actions, start=1)
    )
