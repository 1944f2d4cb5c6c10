"""Every fault under every custom resource: what is promised of it must hold.

The cases are rows of the files `*_cases.py`; what came of them is printed as a table at the end (`pytest -s`), or by
`python -m tests.faults`.
"""

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from rich.console import Console

from tests.faults.faults import Kind
from tests.faults.report import table
from tests.faults.run import CUSTOM_RESOURCES, Numbered, every_case, running
from tests.faults.trial import Row
from tools.emulator.endpoint import Emulator

Rows = dict[Numbered, "Future[Row]"]


@pytest.fixture(scope="module")
def rows(request: pytest.FixtureRequest, emulator: Emulator) -> Iterator[Rows]:
    """Run the cases that are asked for, several at a time, and print the table of those that have come to an end.

    It is not made if pytest captures what is printed.
    """
    asked = [item.callspec.params.get("one") for item in request.session.items if hasattr(item, "callspec")]
    with running(emulator, [one for one in asked if isinstance(one, Numbered)]) as found:
        yield found
        if request.config.getoption("capture") == "no":
            done = [row.result() for row in found.values() if row.done() and not row.exception()]
            Console(width=180).print(table(done))


@pytest.mark.parametrize("one", every_case(), ids=str)
def test_promises_hold(one: Numbered, rows: Rows) -> None:
    row = rows[one].result()
    assert not row.is_broken, "\n".join(row.broken)


@pytest.mark.parametrize("name", CUSTOM_RESOURCES)
def test_every_kind_of_fault_is_met(name: str) -> None:
    kinds = {step.fault.kind for one in every_case([name]) for step in one.case.steps}
    assert kinds == set(Kind)
