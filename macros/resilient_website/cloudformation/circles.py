"""Finds circular dependencies in an expansion, and the references in the user's template that close them.

The macro's own resources have no circular dependencies. A circle is closed by a reference that the user wrote, in a
property of a site or in another resource. So the references are added to the expansion's graph one by one, and each
that closes a circle is a problem. A condition's branch counts only if it is taken.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import islice
from typing import Any, NamedTuple, Protocol

from resilient_website.cloudformation.places import Place, steps
from resilient_website.cloudformation.references import references
from resilient_website.cloudformation.rewriting import Target
from resilient_website.cloudformation.template_walk import CONDITION, DEPENDS_ON, Branch, Reference, of_resource
from resilient_website.problems import Problem

Json = dict[str, Any]
Graph = dict[str, set[str]]

# Maximum number of places to check, since each takes a graph search; and of resources that a problem lists.
MAX_TRIED = 200
MAX_LISTED = 6


class Taken(Protocol):
    """Tells whether a condition's branch is taken; None if not known."""

    def __call__(self, condition: str, *, if_true: bool) -> bool | None:
        """Judge one branch."""


class Input(NamedTuple):
    """The input of the search for circles.

    `written` are the resources as they were written; `made` has the site (or an empty text, for what sites share) of
    each generated resource; `merged` are the resources while they still name sites, `resources` those of the expansion;
    `sites` is what references to a site become; `named` is what some of `merged` refer to, where that has been
    collected before.
    """

    written: Mapping[str, Any]
    made: Mapping[str, str]
    merged: Mapping[str, Any]
    resources: Mapping[str, Any]
    sites: Mapping[str, Target]
    named: Mapping[str, Set[str]]


def check(expansion: Input, taken: Taken) -> list[Problem]:
    """Return a problem for each place that closes a circle."""
    if not _circling(_widest(expansion)):
        return []
    resources = expansion.resources
    graph = {name: _edges(name, body, taken) & resources.keys() for name, body in resources.items()}
    circling = _circling(graph)
    if not circling:
        return []
    own = {name: graph[name] & circling for name in circling}
    named = {
        name: _edges(name, expansion.merged.get(name, {}), taken) if name in expansion.made else set[str]()
        for name in sorted(circling)
    }
    added = [
        (where, _written_edges(where, found, expansion, own, named))
        for where, found in islice(_places(expansion.written, taken), MAX_TRIED)
    ]
    for _, edges in added:
        for start, end in edges:
            own[start].discard(end)
    problems = []
    for where, edges in added:
        circle = next((way for start, end in edges if (way := _shortest_path(own, end, start))), None)
        if circle:
            problems.append(_problem(where, circle))
            continue
        for start, end in edges:
            own[start].add(end)
    return problems or [_problem("Resources", sorted(circling))]


def _widest(expansion: Input) -> Graph:
    """Return a graph with at least the edges of the expansion: every branch of a condition counts.

    Most expansions have no circle in it, and so none in their own graph either. What a resource names before the
    expansion is what it names after it, unless that is a site.
    """
    graph: Graph = {}
    for name, body in expansion.merged.items():
        edges = expansion.named[name] if name in expansion.named else _named(body)
        if not edges.isdisjoint(expansion.sites):
            edges = _named(expansion.resources[name])
        graph[name] = edges & expansion.resources.keys()
    return graph


def _named(body: Any) -> set[str]:
    """Return what a resource refers to, in DependsOn too."""
    if not isinstance(body, Mapping):
        return references(body)
    waits_for = body.get(DEPENDS_ON)
    listed = waits_for if isinstance(waits_for, list) else [waits_for]
    return references(body).union(each for each in listed if isinstance(each, str))


def _written_edges(
    where: str,
    found: Sequence[Reference],
    expansion: Input,
    graph: Mapping[str, set[str]],
    named: Mapping[str, set[str]],
) -> list[tuple[str, str]]:
    """Return the edges that the references of one place have added: between circling resources, where they landed.

    `named` has what the generated ones of the circling resources name while they still name sites.
    """
    owner = where.split(".")[1]
    names = {reference.name for reference in found}
    meant: set[str] = set().union(*(_meant(reference, expansion.sites) for reference in found))
    landed = [
        start
        for start, own_names in named.items()
        if start == owner or (expansion.made.get(start) in (owner, "") and names & own_names)
    ]
    return [(start, end) for start in landed for end in sorted(graph[start] & meant)]


def _edges(name: str, body: Any, taken: Taken) -> set[str]:
    """Return the names that a resource refers to, in the branches that are taken; not its condition."""
    return {
        reference.name
        for reference in of_resource(body, (None, name))
        if reference.kind != CONDITION and _is_taken(reference.branch, taken)
    }


def _is_taken(branch: Branch | None, taken: Taken) -> bool:
    while branch is not None:
        if taken(branch.condition, if_true=branch.taken_if) is not True:
            return False
        branch = branch.around
    return True


def _places(written: Mapping[str, Any], taken: Taken) -> Iterator[tuple[str, list[Reference]]]:
    """Yield each place with its references, in the order in which they were written."""
    for name, body in written.items():
        found: dict[str, list[Reference]] = {}
        for reference in of_resource(body, ((None, "Resources"), name)):
            if reference.kind != CONDITION and _is_taken(reference.branch, taken):
                found.setdefault(_property(reference.place), []).append(reference)
        yield from found.items()


def _property(place: Place) -> str:
    """Return the place of the property that contains a reference, without the functions in it."""
    path = ""
    for level, step in enumerate(steps(place)[:6]):
        if isinstance(step, int):
            path += f"[{step}]"
        # On the second level are names: that of a loop begins like a function's.
        elif level > 1 and (step.startswith("Fn::") or step == "Ref"):
            break
        else:
            path += f".{step}" if path else step
    return path


def _meant(reference: Reference, sites: Mapping[str, Target]) -> set[str]:
    """Return the resources that a reference names, those of a site's attribute where it names one."""
    if reference.name not in sites:
        return {reference.name}
    target = sites[reference.name]
    if reference.kind == DEPENDS_ON:
        return set(target.completion)
    return references(target.attributes.get(reference.attribute or "Url"))


def _circling(graph: Mapping[str, set[str]]) -> set[str]:
    """Return the resources on or between circles: those that remain after repeatedly removing all end nodes."""
    left = _without_ends(graph)
    turned: Graph = {name: set() for name in left}
    for name, edges in left.items():
        for end in edges:
            turned[end].add(name)
    return set(_without_ends(turned))


def _without_ends(graph: Mapping[str, set[str]]) -> Graph:
    """Return a graph without the resources that no circle can be reached from."""
    waiting_for: dict[str, list[str]] = {name: [] for name in graph}
    for name, edges in graph.items():
        for end in edges:
            waiting_for[end].append(name)
    open_edges = {name: len(edges) for name, edges in graph.items()}
    ends = [name for name, count in open_edges.items() if count == 0]
    while ends:
        end = ends.pop()
        del open_edges[end]
        for name in waiting_for[end]:
            open_edges[name] -= 1
            if open_edges[name] == 0:
                ends.append(name)
    return {name: graph[name] & open_edges.keys() for name in open_edges}


def _shortest_path(graph: Mapping[str, set[str]], start: str, end: str) -> list[str]:
    """Return a shortest path from one resource to another, both included; empty if there is none."""
    came_from: dict[str, str | None] = {start: None}
    waiting = [start]
    for name in waiting:
        if name == end:
            path = [name]
            while (before := came_from[path[-1]]) is not None:
                path.append(before)
            return path[::-1]
        for following in sorted(graph[name]):
            if following not in came_from:
                came_from[following] = name
                waiting.append(following)
    return []


def _problem(where: str, circle: Sequence[str]) -> Problem:
    shown = list(circle[:MAX_LISTED])
    more = f" ... ({len(circle)} in all)" if len(circle) > MAX_LISTED else ""
    found = f"closes a circular dependency: {' -> '.join(shown)}{more} -> {circle[0]}"
    advice = "leave out this reference: the resource that it names is created later than the one that uses it"
    return Problem(where, found, advice)
