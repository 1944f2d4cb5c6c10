"""The table of the night."""

from collections.abc import Sequence

from rich.table import Table

from tests.failover.scale import SECOND
from tests.night import runbook
from tests.night.scenes import Row


def table(rows: Sequence[Row]) -> Table:
    """Return the scenes as a table."""
    made = Table(title=f"The night (minutes of AWS; one lasts {60 * SECOND:.2f} s here)", show_lines=True)
    for name in ("Scene", "Alarm", "Commands of the runbook", "Pages fail for", "Failed requests", "Lost"):
        made.add_column(name)
    for row in rows:
        alarm = f"{row.alarm}\nafter {row.alarm_minutes:.0f} min" if row.alarm else "none: someone must report it"
        back = f"{row.failing_minutes:.0f} min" if row.failed else "none failed"
        made.add_row(row.scene, alarm, runbook.titles(row.commands), back, f"{row.failed} of {row.asked}", row.lost)
    return made
