"""The report of a run: a table to publish, in Markdown."""

from collections.abc import Iterator

from cli import __version__
from cli.prove.record import Measured, Record, Request

COLUMNS = ("failure", "predicted by `failures`", "measured", "as predicted")


def markdown(record: Record) -> str:
    """Return the report of a run, complete or not."""
    return "\n".join(_lines(record)) + "\n"


def is_as_predicted(record: Record) -> bool:
    """Return whether the run is complete, every failure was caused and came as predicted, and nothing is left."""
    return (
        not record.failed
        and record.left == ()
        and all(each.expected for each in record.requests)
        and not any(each.problem or each.skipped for each in record.measured)
    )


def _lines(record: Record) -> Iterator[str]:
    yield f"# ResilientWebsite {__version__} in {record.region}, {record.begun[:10]}"
    yield ""
    for step, seconds in (record.done or {}).items():
        yield f"- {step}: {seconds / 60:.1f} minutes"
    yield f"- estimated cost of the run: {record.dollars:.2f} US dollars"
    if record.failed:
        yield f"- the run ended early: {record.failed}"
    yield from ("", "| request | status | as expected |", "| --- | --- | --- |")
    yield from map(_request, record.requests)
    yield from ("", f"| {' | '.join(COLUMNS)} |", "|" + " --- |" * len(COLUMNS))
    yield from map(_measured, record.measured)
    yield ""
    yield from _left(record)


def _request(found: Request) -> str:
    status = "no response" if found.status is None else found.status
    return f"| {found.what} | {status} | {'yes' if found.expected else '**no**'} |"


def _measured(found: Measured) -> str:
    if found.skipped:
        return f"| {found.failure} | {found.predicted} | not tried: {found.skipped} | |"
    came = ", ".join(found.seen) or "every request got the page"
    times = f"the last after {found.lasted:.0f} s; " if found.failed else ""
    measured = f"{found.requests} requests: {came}; {times}repaired after {found.repaired / 60:.1f} minutes"
    verdict = f"**no**: {found.problem}" if found.problem else "yes"
    return f"| {found.failure} | {found.predicted} | {measured} | {verdict} |"


def _left(record: Record) -> Iterator[str]:
    """Yield the lines about what the removal left."""
    if record.left is None:
        yield "The stack is not removed yet: run the command again."
    elif not record.left:
        yield "Nothing is left: no resource of the stack, no DB snapshot, no log group of a function."
    else:
        yield "Left after the removal, for you to delete:"
        yield ""
        for each in record.left:
            yield f"- {each}"
    if record.tagged:
        yield from (
            "",
            "Listed by the run's tag, as deleted resources are for some hours; look whether one exists:",
            "",
        )
        for each in record.tagged:
            yield f"- {each}"
