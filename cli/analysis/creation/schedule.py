"""When CloudFormation creates each resource of a stack, and the critical path: the chain that takes longest.

Source: "Understand stack deployment time" in the AWS CloudFormation User Guide: resources that do not depend on each
other are provisioned in parallel, and the longest chain sets the minimum time.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from cli.analysis.availability.remote_stacks import REMOTE_STACK
from cli.analysis.creation.creation_times import Basis, CreationTime, CreationTimes, Span, properties_of, signal_seconds
from cli.analysis.creation.dependencies import Dependencies, dependencies, existing
from resilient_website.problems import InvalidTemplateError, Problem


@dataclass(frozen=True)
class Step:
    """The creation of one resource: how long it takes, when it starts and ends as expected, and what it waits for."""

    logical_id: str
    type: str
    time: CreationTime
    span: Span
    start: int
    waits: Dependencies

    @property
    def end(self) -> int:
        """When it ends, in seconds after the start of the stack's creation."""
        return self.start + self.span.expected


@dataclass(frozen=True)
class Schedule:
    """All steps by logical id; `total` is the time of the whole stack, `critical` the chain that takes longest.

    `critical` is that of the expected times, in order. The chains of the least and of the greatest times may be others.
    """

    steps: Mapping[str, Step]
    total: Span
    critical: tuple[str, ...]
    as_of: str

    @property
    def unlisted(self) -> tuple[str, ...]:
        """The types that the table of times does not have."""
        return tuple(sorted({step.type for step in self.steps.values() if not step.time.is_listed}))

    @property
    def rests_on(self) -> Mapping[Basis, int]:
        """The expected seconds of the critical path, by the basis of their times; bases without any are left out."""
        critical = [self.steps[name] for name in self.critical]
        sums = {basis: sum(step.span.expected for step in critical if step.time.basis == basis) for basis in Basis}
        return {basis: seconds for basis, seconds in sums.items() if seconds}


def schedule(template: Mapping[str, Any], region: str, parameters: Mapping[str, Any], times: CreationTimes) -> Schedule:
    """Return the schedule of the first deployment of an expanded template.

    Raises InvalidTemplateError if resources depend on each other in a circle.
    """
    resources = existing(template, region, parameters)
    waits = dependencies(resources)
    rows = {name: times.of(body) for name, body in resources.items()}
    spans = {name: _span(body, rows[name], region, times) for name, body in resources.items()}
    order = _order(waits)
    ends = {case: _ends(order, waits, {name: case(span) for name, span in spans.items()}) for case in _CASES}
    low, expected, high = (max(each.values(), default=0) for each in ends.values())
    finished = ends[_CASES[1]]
    steps = {
        name: Step(
            name,
            str(resources[name].get("Type", "")),
            rows[name],
            spans[name],
            finished[name] - spans[name].expected,
            waits[name],
        )
        for name in order
    }
    return Schedule(steps, Span(low, expected, high), _critical(waits, finished), times.as_of)


_CASES: tuple[Callable[[Span], int], ...] = (
    lambda span: span.low,
    lambda span: span.expected,
    lambda span: span.high,
)


def _span(body: Mapping[str, Any], row: CreationTime, region: str, times: CreationTimes) -> Span:
    """Return the time of a resource: the table's, with a group's own limit, and with what is in a remote stack."""
    limit = signal_seconds(body)
    span = row.span if limit is None else replace(row.span, high=max(limit, row.span.expected))
    if body.get("Type") != REMOTE_STACK:
        return span
    try:
        inner = json.loads(str(properties_of(body).get("TemplateBody")))
    except ValueError:
        return span
    return span.plus(schedule(inner, region, {}, times).total) if isinstance(inner, dict) else span


def _order(waits: Mapping[str, Dependencies]) -> tuple[str, ...]:
    """Return the resources, each after those that it waits for."""
    try:
        return tuple(TopologicalSorter({name: sorted(of.all) for name, of in waits.items()}).static_order())
    except CycleError as error:
        circle = " -> ".join(map(str, error.args[1]))
        problem = Problem("Resources", f"found resources that depend on each other: {circle}", "remove one reference")
        raise InvalidTemplateError([problem]) from None


def _ends(order: tuple[str, ...], waits: Mapping[str, Dependencies], spans: Mapping[str, int]) -> dict[str, int]:
    """Return when each resource is ready, if each starts as soon as those that it waits for are."""
    ends: dict[str, int] = {}
    for name in order:
        ends[name] = max((ends[before] for before in waits[name].all), default=0) + spans[name]
    return ends


def _critical(waits: Mapping[str, Dependencies], ends: Mapping[str, int]) -> tuple[str, ...]:
    """Return the chain that ends last, from its start; of several, the one that comes first by name."""
    chain: list[str] = []
    names = list(ends)
    while names:
        last = max(sorted(names), key=lambda name: ends[name])
        chain.append(last)
        names = list(waits[last].all)
    return tuple(reversed(chain))
