"""Expanded templates for the model's tests, and ways to break them: found by type, never by logical id."""

import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any

from cli.analysis.availability import graph, model
from cli.analysis.availability.answers import Answer
from cli.analysis.availability.failures import Failure, failures
from cli.analysis.availability.model import Survey
from cli.analysis.availability.requests import RequestKind
from cli.analysis.availability.visits import visits
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.functions.code import FunctionCode
from tests.expansion.expanded import expanded_template
from tests.expansion.random_sites import in_template
from tools.repository import ROOT

Template = dict[str, Any]
Change = Callable[[Template], None]


def example(name: str) -> Template:
    """Return what an example expands to."""
    template = read_template(ROOT / "examples" / f"{name}.yaml")
    return expand_template(template, parameter_values(template, {}), "us-east-1")


def site(*, code: FunctionCode | None = None, **properties: Any) -> Template:
    """Return what a compact resource expands to; `code` is what its functions run, if it is to be deployed."""
    if code:
        return expand_template(in_template(properties), {}, "us-east-1", code=code)
    return expanded_template(properties)


def ids(template: Template, kind: str, having: str = "") -> list[str]:
    """Return the logical ids of a type whose JSON has a text."""
    bodies = template["Resources"].items()
    return [name for name, body in bodies if body["Type"] == kind and having in json.dumps(body)]


def each(template: Template, kind: str, having: str = "") -> Iterator[dict[str, Any]]:
    """Yield the properties of the resources of a type. Fails if there is none: then a mutation would do nothing."""
    names = ids(template, kind, having)
    assert names, f"no {kind} with {having!r}"
    for name in names:
        yield template["Resources"][name]["Properties"]


def removed(kind: str, having: str = "") -> Change:
    """Return the change that removes all resources of a type whose JSON has a text."""

    def change(template: Template) -> None:
        names = ids(template, kind, having)
        assert names, f"no {kind} with {having!r}"
        for name in names:
            del template["Resources"][name]

    return change


def set_in(kind: str, *path: Any, to: Any, having: str = "") -> Change:
    """Return the change that sets a property, at a path of names and indices, to a value."""

    def change(template: Template) -> None:
        for properties in each(template, kind, having):
            inner: Any = properties
            for step in path[:-1]:
                inner = inner[step]
            assert inner.get(path[-1]) != to, "nothing would change"
            inner[path[-1]] = to

    return change


def dropped_from(kind: str, *path: Any, where: Callable[[Any], bool], having: str = "") -> Change:
    """Return the change that drops the items of a list that fit."""

    def change(template: Template) -> None:
        for properties in each(template, kind, having):
            inner: Any = properties
            for step in path:
                inner = inner[step]
            kept = [item for item in inner if not where(item)]
            assert len(kept) < len(inner), "nothing would change"
            inner[:] = kept

    return change


def copied(template: Template) -> Template:
    """Return a copy of a template; pickle makes it five times as fast as deepcopy."""
    other: Template = pickle.loads(pickle.dumps(template))
    return other


def changed(template: Template, *changes: Change) -> Template:
    """Return a changed copy of a template."""
    other = copied(template)
    for change in changes:
        change(other)
    return other


def answers(result: Survey, failure: Failure | str, kind: RequestKind) -> list[Answer]:
    """Return what every host answers to a kind of request when something fails. Fails if there is no such cell."""
    name = failure if isinstance(failure, str) else failure.name
    found = [cell.answer for cell in result.cells if cell.failure.name == name and cell.visit.kind is kind]
    assert found, f"no {kind} for {name}"
    return found


def answer(
    template: Template, failure: Failure | str, kind: RequestKind = RequestKind.PAGE, region: str = "us-east-1"
) -> Answer:
    """Return what the first host answers. Fails if there is no such cell. No other cell of the survey is worked out."""
    made = graph.read(template, region, {})
    name = failure if isinstance(failure, str) else failure.name
    found = next((each for each in failures(made) if each.name == name), None)
    asked = next((visit for visit in visits(made) if visit.kind is kind), None)
    assert found, f"no {name}"
    assert asked, f"no {kind}"
    return model.answer(made, found, asked)


def by_cloudfront(statement: Any) -> bool:
    """Tell whether a statement of a policy is about CloudFront."""
    return "cloudfront.amazonaws.com" in json.dumps(statement)
