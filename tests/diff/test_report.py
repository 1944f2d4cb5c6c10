"""What diff prints, on terminals of any width."""

import io

from rich.console import Console

from cli.analysis.updates.stores import store_changes
from cli.diff.report import Report, print_report
from tests.diff.stacks import as_stack, changes, site


def test_no_word_of_the_advice_is_cut_on_a_narrow_terminal() -> None:
    old, new = site({}), site({"Database": {"DatabaseName": "shop"}})
    found, before = tuple(changes(old, new).values()), as_stack(old)
    for width in (60, 80, 140):
        shown = io.StringIO()
        print_report(Console(file=shown, width=width), Report(found, store_changes(found, before)), before)
        cells = [line.split("│")[4].strip() for line in shown.getvalue().splitlines() if line.count("│") == 5]
        assert "Database.DatabaseName" in "".join(cells), width
        assert "…" not in "".join(cells)
