"""An expansion takes no more calls than it does now, and no more per resource for many sites than for one.

Nor does the import of the handler generate more methods than it does now.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tools.bench.growth import of_sites
from tools.bench.timing import python
from tools.repository import ROOT

# The calls of Python functions, with some 20% more than there are: what passes that is a regression, or lowers another
# number. Newer versions of Python make fewer, as comprehensions are no calls there.
MAX_CALLS = {"minimal": 18_000, "everything": 50_000}

# The methods that Python compiles for the handler's data classes, one by one: a large part of its import. One each, for
# `frozen` has only __init__ generated, and room for some tiers. For results, which need none: NamedTuple.
MAX_GENERATED = 75
GENERATED = """
import sys
made = 0
def count(frame, event, argument):
    global made
    made += event == "c_call" and argument is exec and frame.f_globals["__name__"] == "dataclasses"
sys.setprofile(count)
import resilient_website.handler
sys.setprofile(None)
print(made)
"""


def calls(work: Callable[[], Any]) -> int:
    """Return how many Python functions are called, once what is cached has been cached."""
    work()
    made = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal made
        made += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return made


@pytest.mark.parametrize("name", MAX_CALLS)
def test_expansion_makes_no_more_calls_than_before(name: str) -> None:
    template = read_template(ROOT / "examples" / f"{name}.yaml")
    parameters = parameter_values(template, {})
    assert calls(lambda: expand_template(template, parameters, "us-east-1")) <= MAX_CALLS[name]


def test_many_sites_take_no_more_calls_per_resource_than_one() -> None:
    def per_resource(sites: int) -> float:
        template = of_sites(sites)
        resources = len(expand_template(template, {}, "us-east-1")["Resources"])
        return calls(lambda: expand_template(template, {}, "us-east-1")) / resources

    assert per_resource(8) <= 1.1 * per_resource(1)


def test_import_of_the_handler_generates_no_more_methods_than_before() -> None:
    assert 0 < int(python("-c", GENERATED)) <= MAX_GENERATED


def test_circles_are_looked_for_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk that knows each reference's place is for templates that may have a circle."""
    from resilient_website.cloudformation import circles

    def walked(*_arguments: Any) -> Any:
        raise AssertionError("an expansion without a circle was walked through")

    monkeypatch.setattr(circles, "of_resource", walked)
    for path in sorted(Path(ROOT / "examples").glob("*.yaml")):
        template = read_template(path)
        expand_template(template, parameter_values(template, {}), "us-east-1")
