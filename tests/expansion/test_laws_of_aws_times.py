"""What AWS does only if two features agree about time: backups and windows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilient_website.problems import InvalidTemplateError
from tests.expansion.expanded import expand, of_type
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples

DAY = 24 * 60
SCHEDULES = st.tuples(st.integers(0, 23), st.integers(0, 59))


def _fails(start: int, window: str) -> bool:
    """Tell whether a job of AWS Backup at this minute of the day is in a window, or in the hour before it."""
    first, last = (60 * int(text[-5:-3]) + int(text[-2:]) for text in window.split("-"))
    return (start - first + 60) % DAY <= (last - first) % DAY + 60


@given(SCHEDULES)
@examples(100)
def test_a_backup_plan_never_starts_in_a_window_of_the_database(time: tuple[int, int]) -> None:
    hour, minute = time
    plan = {"ScheduleExpression": f"cron({minute} {hour} * * ? *)"}
    ((_, database),) = of_type(expand({"Database": {"BackupPlan": plan}}), "AWS::RDS::DBInstance")
    for name in ("PreferredBackupWindow", "PreferredMaintenanceWindow"):
        assert not _fails(60 * hour + minute, database[name])


@given(SCHEDULES, SCHEDULES, st.sampled_from(["PreferredBackupWindow", "PreferredMaintenanceWindow"]))
@examples(100)
def test_a_stated_window_is_refused_exactly_where_backups_would_fail(
    time: tuple[int, int], window: tuple[int, int], name: str
) -> None:
    ends = ((window[0] + 1) % 24, window[1])
    days = ("", "") if name == "PreferredBackupWindow" else ("tue:", "wed:" if ends < window else "tue:")
    start, end = (f"{day}{hour:02}:{minute:02}" for day, (hour, minute) in zip(days, (window, ends), strict=True))
    plan = {"ScheduleExpression": f"cron({time[1]} {time[0]} * * ? *)"}
    site = {"Database": {"BackupPlan": plan, name: f"{start}-{end}"}}
    if _fails(60 * time[0] + time[1], f"{start}-{end}"):
        with pytest.raises(InvalidTemplateError, match="AWS Backup fails"):
            expand(site)
    else:
        expand(site)


@given(SITES)
@examples(50)
def test_servers_in_foreign_public_subnets_ask_for_an_address(properties: dict[str, Any]) -> None:
    network = properties.get("Network", {})
    for _, template in of_type(expand(properties), "AWS::EC2::LaunchTemplate"):
        data = template["LaunchTemplateData"]
        asked = [port.get("AssociatePublicIpAddress") for port in data.get("NetworkInterfaces", [])]
        assert asked == ([True] if "VpcId" in network and "WebSubnetIds" not in network else [])
        assert bool(asked) != ("SecurityGroupIds" in data)
