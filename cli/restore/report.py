"""What a restore shows: both databases side by side, and what to do afterwards."""

from collections.abc import Iterator
from typing import Any

from rich.table import Table

from cli.program_name import with_program_name
from cli.restore.instance import Instance
from cli.restore.steps import Databases
from cli.restore.target import Target

# Compared, by what RDS calls them.
ROWS = (
    "DBInstanceStatus",
    "EngineVersion",
    "DBInstanceClass",
    "MultiAZ",
    "AllocatedStorage",
    "KmsKeyId",
    "DeletionProtection",
)


def comparison(old: Instance, new: Instance) -> Table:
    """Return both databases side by side."""
    table = Table("", f"now: {old.id}", f"restored: {new.id}", title="Databases", title_justify="left")
    for name in ROWS:
        table.add_row(name, *(str(each.described.get(name, "-")) for each in (old, new)))
    table.add_row("Endpoint", *(_endpoint(each) for each in (old, new)))
    return table


def look_inside(new: Instance, stack: str) -> str:
    """Return how to see what the restored database holds."""
    return (
        f"To look inside, open a shell on a server (resilient-website shell {stack}), and connect to {_endpoint(new)} "
        "with the user and password of the site's secret."
    )


def warning(databases: Databases, target: Target) -> str:
    """Return what the swap costs."""
    return (
        f"What was written after {target.title} is not in the restored database. The old one keeps it, as "
        f"{databases.names.kept}. During the swap, about 20 minutes, the application has no database, so stop the "
        f"writes first: {with_program_name('build_templates.py maintenance on STACK')}."
    )


def after(databases: Databases) -> Iterator[str]:
    """Yield what to do after the swap."""
    names = databases.names
    yield f"{names.own} has the restored data, at the same endpoint. The stack did not change."
    yield f"The old database is kept as {names.kept}, outside the stack, and costs what it did."
    yield "Next: look at the site; turn maintenance off; deploy ReadReplicas again, if you had replicas."
    yield (
        "When you need the old data no longer: aws rds modify-db-instance --no-deletion-protection "
        f"--db-instance-identifier {names.kept}, and aws rds delete-db-instance --final-db-snapshot-identifier "
        f"{names.kept} --db-instance-identifier {names.kept}"
    )


def _endpoint(instance: Instance) -> Any:
    return (instance.described.get("Endpoint") or {}).get("Address", "-")
