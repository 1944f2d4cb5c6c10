"""The output of `diff`: stores first, then every resource with its properties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.analysis.costs.change import CostChange
from cli.analysis.updates.advice import advice, outcome_text, refusal_text
from cli.analysis.updates.comparison import Change, PropertyChange
from cli.analysis.updates.differences import Difference
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.function_code import code_text, only_code
from cli.analysis.updates.reboots import reboots
from cli.analysis.updates.shortened import change_text, path_text, shortened
from cli.analysis.updates.site_properties import site_properties
from cli.analysis.updates.stack import Stack
from cli.analysis.updates.stores import DataOutcome, StoreChange, is_store
from cli.analysis.updates.traffic_impact import interrupted_traffic

WORDS = {
    Effect.ADDED: "added",
    Effect.CHANGED: "changed in place",
    Effect.INTERRUPTED: "interrupted",
    Effect.MAY_BE_REPLACED: "may be replaced",
    Effect.REPLACED: "replaced",
    Effect.MAY_BE_DELETED: "may be deleted",
    Effect.DELETED: "deleted",
    Effect.REFUSED: "refused by AWS",
}

COLORS = {
    Effect.ADDED: "green",
    Effect.CHANGED: "cyan",
    Effect.INTERRUPTED: "yellow",
    Effect.MAY_BE_REPLACED: "magenta",
    Effect.REPLACED: "red",
    Effect.MAY_BE_DELETED: "magenta",
    Effect.DELETED: "red",
    Effect.REFUSED: "red",
}

# Further changes of a resource are only counted; --json has them all.
MAX_LINES = 8


@dataclass(frozen=True)
class Report:
    """The effects of an update on all resources, and on the stores among them. `unknown` lists Fn::ForEach loops.

    `restoring` maps the logical ids of stores to the property to restore in the template. `halves` says what the update
    means for sites with a copy in another Region. `cost` is what it changes in the monthly cost.
    """

    changes: Sequence[Change]
    stores: Sequence[StoreChange]
    unknown: Sequence[str] = ()
    restoring: Mapping[str, str] = field(default_factory=dict)
    halves: Sequence[str] = ()
    cost: CostChange | None = None

    @property
    def safe(self) -> bool:
        """Whether every store is known to be safe."""
        return all(store.safe for store in self.stores) and not self.unknown

    @property
    def refused(self) -> list[str]:
        """The resources whose change AWS would refuse, so that the whole update is rolled back."""
        return [change.logical_id for change in self.changes if change.effect is Effect.REFUSED]


def print_report(console: Console, report: Report, old: Stack) -> None:
    """Print the changed stores, the changed resources by effect, and a summary."""
    changes, stores = report.changes, report.stores
    if not changes and not report.unknown:
        console.print("Nothing changes.")
        _print_halves(console, report)
        return
    if stores:
        console.print(_stores(report))
    code = [change for change in changes if only_code(change)]
    for effect in sorted(Effect, reverse=True):
        for change in changes:
            if change.effect is effect and change not in code:
                _print_change(console, change)
    if code:
        console.print(Text.assemble((WORDS[Effect.CHANGED], COLORS[Effect.CHANGED]), "  ", code_text(code)))
    for warning in interrupted_traffic(changes):
        console.print(Text(f"Visitors: {warning}", style="yellow"))
    for reboot in reboots(changes):
        console.print(Text(f"Reboot: {reboot}", style="yellow"))
    _print_halves(console, report)
    if report.cost and report.cost.text:
        console.print(Text(f"Cost: {report.cost.text}", style="cyan"))
    if report.unknown:
        console.print(Text(unknown_text(report.unknown), style="magenta"))
    console.print(Text(summary_text(report, old) if changes else "Nothing else changes.", style="bold"))


def _print_halves(console: Console, report: Report) -> None:
    for note in report.halves:
        console.print(Text(f"Copy: {note}", style="cyan"))


def unknown_text(loops: Sequence[str]) -> str:
    """Return what an update of resources in loops means."""
    return (
        f"Unknown, and therefore NOT SAFE: the resources of {', '.join(loops)}. Write the resources without the loop; "
        "or create a change set, and compare with the template that CloudFormation has expanded for it (aws "
        "cloudformation get-template --change-set-name)."
    )


def _stores(report: Report) -> Table:
    """Return the table of data stores that change, with what happens to their data and what to do instead."""
    table = Table(title="Stores", title_justify="left", show_lines=True)
    table.add_column("Store", no_wrap=True)
    table.add_column("Effect", max_width=18)
    table.add_column("Its data", max_width=24)
    table.add_column("What to do instead", ratio=1, overflow="fold")
    for store in report.stores:
        style = "red" if not store.safe else "green" if store.outcome is DataOutcome.KEPT else "yellow"
        table.add_row(
            f"{store.change.logical_id}\n{store.noun}",
            Text(WORDS[store.change.effect], style=COLORS[store.change.effect]),
            Text(outcome_text(store), style=style),
            advice_text(report, store) or "safe",
        )
    return table


def advice_text(report: Report, store: StoreChange) -> str:
    """Return what to do instead of an update that endangers a store; empty if it is safe."""
    return advice(store, site_properties(), report.restoring.get(store.change.logical_id, ""))


def _print_change(console: Console, change: Change) -> None:
    console.print(
        Text.assemble(
            (effect_text(change), COLORS[change.effect]), "  ", (change.logical_id, "bold"), "  ", (change.type, "dim")
        )
    )
    refused = refusal_text(change)
    if refused:
        console.print(Padding(Text(refused), (0, 0, 0, 4), expand=False))
    for line in change_lines(change):
        console.print(Padding(line, (0, 0, 0, 4), expand=False))


def effect_text(change: Change) -> str:
    """Return the effect on a resource in words."""
    return WORDS[change.effect] + (" (the old one is deleted first)" if change.deletes_first else "")


def change_lines(change: Change) -> list[Text]:
    """Return a line for each changed property and attribute of a resource; of many, the first ones."""
    lines = [*map(_property_line, change.properties), *map(_attribute_line, change.attributes)]
    more = Text(f"and {len(lines) - MAX_LINES + 1} more")
    return lines if len(lines) <= MAX_LINES else [*lines[: MAX_LINES - 1], more]


def _property_line(change: PropertyChange) -> Text:
    what = (
        f"{shortened(change.difference.new)} changes with {change.caused_by}"
        if change.caused_by
        else _values(change.difference)
    )
    severe = () if change.effect <= Effect.CHANGED else (f"  ({WORDS[change.effect]})", COLORS[change.effect])
    return Text.assemble(path_text(change.difference.path), ": ", what, *([severe] if severe else []))


def _attribute_line(difference: Difference) -> Text:
    return Text.assemble(path_text(difference.path), ": ", _values(difference), ("  (attribute)", "dim"))


def _values(difference: Difference) -> str:
    if isinstance(difference.old, list) and isinstance(difference.new, list):
        return "different order"
    return change_text(difference.old, difference.new)


def summary_text(report: Report, old: Stack) -> str:
    """Return the number of resources by effect, and whether the stores are safe."""
    changes, stores = report.changes, report.stores
    counts = [
        (sum(change.effect is effect for change in changes), WORDS[effect]) for effect in sorted(Effect, reverse=True)
    ]
    summary = ", ".join(f"{count} {word}" for count, word in counts if count)
    refused = report.refused
    if refused:
        summary += f". AWS would refuse the change of {', '.join(refused)} and roll back the whole update"
    unsafe = [
        store.change.logical_id for store in stores if not store.safe and store.change.effect is not Effect.REFUSED
    ]
    if unsafe:
        return f"{summary}. NOT SAFE for {', '.join(unsafe)}."
    if refused:
        return f"{summary}: no store changes."
    number = sum(map(is_store, old.values()))
    known = "known " if report.unknown else ""
    return f"{summary}. Safe for the {number} {known}store{'s' if number != 1 else ''}."
