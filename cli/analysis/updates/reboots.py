"""Static parameters of a database: which update reboots the database, and when.

The provider of AWS::RDS::DBInstance reboots a database with pending parameters in the next update that changes it.
Source: UpdateHandler.java (shouldReboot) of
github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from cli.analysis.availability.references import referenced_ids
from cli.analysis.updates.comparison import Change
from cli.analysis.updates.effects import Effect
from cli.toml_table import toml_table

GROUP = "AWS::RDS::DBParameterGroup"
DATABASE = "AWS::RDS::DBInstance"
OUTAGE = "the database is unavailable for 60 to 120 seconds, with or without a standby"


def reboots(changes: Iterable[Change]) -> list[str]:
    """Return one sentence per parameter group on when its changed static parameters take effect; empty if none."""
    known = list(changes)
    return [_sentence(group, names, known) for group in known if (names := _static(group))]


def is_static(family: str, name: str) -> bool:
    """Return whether a parameter of a family (mysql8.4) needs a reboot."""
    table = next((rows for engine, rows in _table().items() if family.startswith(engine)), None)
    if table is None:
        return False
    plain = name.replace("-", "_")
    return plain in table["names"] or (plain.startswith(tuple(table["prefixes"])) and plain not in table["dynamic"])


def _static(group: Change) -> list[str]:
    if group.type != GROUP or group.old is None or group.new is None or group.effect > Effect.INTERRUPTED:
        return []
    family = str(group.new.properties.get("Family"))
    changed = {str(each.difference.path[1]) for each in group.properties if len(each.difference.path) > 1}
    return sorted(name for name in changed if is_static(family, name))


def _sentence(group: Change, names: list[str], known: list[Change]) -> str:
    users = [each for each in known if each.type == DATABASE and each.new is not None and _uses(each, group.logical_id)]
    rebooted = [each.logical_id for each in users if each.effect in (Effect.CHANGED, Effect.INTERRUPTED)]
    what = f"{', '.join(names)} of {group.logical_id}"
    if rebooted:
        return f"{what} require a reboot. This update reboots {', '.join(rebooted)}, since it changes it: {OUTAGE}."
    return (
        f"{what} only take effect after a reboot. The next update that changes the database reboots it: {OUTAGE}. To "
        "choose the time yourself, run aws rds reboot-db-instance after this update."
    )


def _uses(change: Change, group: str) -> bool:
    return change.new is not None and group in referenced_ids(change.new.properties.get("DBParameterGroupName"))


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Any]:
    return toml_table(__file__, "static_parameters.toml")
