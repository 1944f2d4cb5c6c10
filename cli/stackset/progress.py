"""Show a running operation: a live table on a terminal, one line per change elsewhere."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cli.stackset.request import AccountRegion
from cli.stackset.state import Operation

COLORS = {"SUCCEEDED": "green", "RUNNING": "blue", "FAILED": "red", "CANCELLED": "yellow"}


class Progress:
    """Shows each state of an operation; a context manager, so that the terminal is restored."""

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self._console = console
        self._clock = clock
        self._started = clock()
        self._live = Live(console=console, transient=True, auto_refresh=False) if console.is_terminal else None
        self._said: dict[AccountRegion | str, str] = {}
        self.operation: Operation | None = None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def __call__(self, operation: Operation) -> None:
        """Show an operation's current state."""
        self.operation = operation
        if self._live:
            self._live.update(self._table(operation), refresh=True)
            return
        self._say(operation.id, f"{operation.action} {operation.id}", operation.status, operation.reason)
        for result in operation.results:
            where = f"  {result.place.account} {result.place.region}"
            self._say(result.place, where, result.status, result.reason)

    def _say(self, key: AccountRegion | str, what: str, status: str, reason: str) -> None:
        if self._said.get(key) != status:
            self._said[key] = status
            self._console.print(f"{what}: {status}{f' ({reason})' if reason else ''}", markup=False, soft_wrap=True)

    def _table(self, operation: Operation) -> Table:
        seconds = int(self._clock() - self._started)
        done = sum(result.status == "SUCCEEDED" for result in operation.results)
        count = f"{done} of {len(operation.results)} done"
        title = f"{operation.action} {operation.status}, {count}, {seconds // 60}:{seconds % 60:02}"
        table = Table(title=title, title_justify="left")
        for heading in ("Account", "Region", "Status", "Why"):
            table.add_column(heading)
        for result in operation.results:
            color = COLORS.get(result.status, "dim")
            table.add_row(
                result.place.account, result.place.region, Text(result.status, style=color), Text(result.reason)
            )
        return table
