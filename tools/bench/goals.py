"""What is measured side by side with what a user would pick instead, what it was in version 0.1.0, and the goals."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """One row of the table: a ratio, which is to fall, or to rise where `rises`."""

    measure: str
    earlier: float
    goal: float
    rises: bool = False

    def is_reached(self, ratio: float) -> bool:
        """Tell whether a measured ratio reaches the goal."""
        return ratio >= self.goal if self.rises else ratio <= self.goal


GOALS = {
    "warm": Goal("warm expansion / JSON round trip of its own result", 14.9, 6),
    "per resource": Goal("warm expansion / bare troposphere, per resource", 3.2, 1.2),
    "import": Goal("import of the macro's handler, as packaged / `import boto3`", 1.3, 0.6),
    "expand": Goal("`expand`, whole process / bare troposphere script", 2.6, 1.5),
    "js off": Goal("`expand`, times faster than the CDK in JavaScript, validation off", 2.2, 4, rises=True),
    "js on": Goal("... with validation on, as by default", 13.6, 24, rises=True),
    "python off": Goal("`expand`, times faster than the CDK in Python, validation off", 8.2, 15, rises=True),
    "python on": Goal("... with validation on, as by default", 21, 38, rises=True),
    "help": Goal('`--help` / `python -c "import boto3"`', 8, 1.5),
    "diff": Goal('`diff` / `python -c "import boto3"`', 16, 4),
    "failures": Goal('`failures` / `python -c "import boto3"`', 8, 3),
}


def table(ratios: Mapping[str, float]) -> str:
    """Return the table in Markdown: a row for each goal whose ratio was measured."""
    rows = [("measure (ratio of minima)", "0.1.0", "now", "goal", "")]
    rows += [
        (goal.measure, f"{goal.earlier:g}", f"{ratios[name]:.1f}", f"{goal.goal:g}", _said(goal, ratios[name]))
        for name, goal in GOALS.items()
        if name in ratios
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def _said(goal: Goal, ratio: float) -> str:
    return "reached" if goal.is_reached(ratio) else "missed"
