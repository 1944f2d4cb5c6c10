"""The emulator finds what a change set changes as ministack does, whose own functions look at all of both templates."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tools.emulator.endpoint import PYTHON
from tools.repository import ROOT

Json = dict[str, Any]

# Runs with ministack: each step is a function's name and its arguments, and prints what both return.
RUN = """
import json, sys
from ministack.services.cloudformation import changesets, engine
from tools.emulator import template_differences as faster

resolved = faster._Resolved(changesets._resolve_props_for_diff)

def shared(template, previous):
    faster.share_equal_parts(template, previous)
    same = {name for name, part in template["Resources"].items() if part is previous["Resources"].get(name)}
    return [previous, sorted(same)]

BOTH = {
    "references": (faster.references, lambda value: list(engine._intrinsic_references(value))),
    "resolved": (resolved, changesets._resolve_props_for_diff),
}
for name, arguments in json.load(sys.stdin):
    if name in BOTH:
        print(json.dumps([function(*arguments) for function in BOTH[name]]))
    else:
        print(json.dumps(shared(*arguments)))
"""

STACK = ("site", "arn:aws:cloudformation:us-east-1:000000000001:stack/site/guid")


def run(*steps: tuple[str, list[Any]]) -> list[Any]:
    """Return what the steps print."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [PYTHON, "-c", RUN], input=json.dumps(steps), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def expanded(name: str) -> tuple[Json, Json]:
    """Return what an example expands to, with its parameters' values."""
    template = read_template(ROOT / "examples" / f"{name}.yaml")
    values = parameter_values(template, {})
    return expand_template(template, values, "us-east-1"), dict(values)


# Values, and how many references each has.
REFERENCES: tuple[tuple[Any, int], ...] = (
    ({"Ref": "A"}, 1),
    ({"Ref": ["A"]}, 0),
    ([{"Fn::GetAtt": "A.B.C"}, {"Fn::GetAtt": ["A", "B"]}, {"Fn::GetAtt": ["A", {"Ref": "B"}]}], 3),
    ({"Fn::GetAtt": [1, "B"]}, 0),
    ({"Fn::Sub": "${A} ${A.B} ${!C} $D"}, 2),
    ({"Fn::Sub": ["${A} ${B}", {"B": {"Ref": "C"}}]}, 2),
    ({"Fn::Sub": ["${A}"]}, 1),
    ({"Fn::Sub": ["${A}", "no map"]}, 1),
    ({"Fn::If": ["A", {"Ref": "B"}, [{"x": {"Ref": "C"}}]]}, 2),
    ("text", 0),
    (None, 0),
)


def test_references_are_ministacks() -> None:
    results = run(*(("references", [value]) for value, _count in REFERENCES))
    assert [found for found, _own in results] == [own for _found, own in results]
    assert [(value, len(found)) for (value, _), (found, _own) in zip(REFERENCES, results, strict=True)] == [*REFERENCES]


def test_references_in_every_example_are_ministacks() -> None:
    names = [path.stem for path in sorted(Path(ROOT / "examples").glob("*.yaml"))]
    results = run(*(("references", [expanded(name)[0]]) for name in names))
    assert [name for name, (found, own) in zip(names, results, strict=True) if found != own] == []
    assert all(len(found) > 100 for found, _own in results)


def test_properties_are_resolved_as_by_ministack_whatever_has_changed_before() -> None:
    template, values = expanded("everything")
    changed = json.loads(json.dumps(template))
    database = next(body for body in changed["Resources"].values() if body["Type"] == "AWS::RDS::DBInstance")
    database["Properties"]["AllocatedStorage"] = 100
    removed = {**template, "Resources": dict(list(template["Resources"].items())[1:])}
    sized = {"Resources": {"Disk": {"Type": "AWS::EC2::Volume", "Properties": {"Size": {"Ref": "Size"}}}}}
    arguments = [
        *([template, values], [changed, values], [template, values], [removed, values]),
        *([sized, {"Size": {"Value": "1"}}], [sized, {"Size": {"Value": "2"}}]),
        *([{}, values], [{**changed, "Conditions": {}}, values]),
    ]
    results = run(*(("resolved", [*each, *STACK]) for each in arguments))
    assert [number for number, (found, own) in enumerate(results) if found != own] == []
    assert results[0] != results[1] != results[3]
    assert results[4] != results[5]


def test_parts_that_are_equal_become_the_same_objects() -> None:
    previous = {"Resources": {"A": {"x": 1}, "B": {"x": 2}, "C": {"x": 3}}, "Outputs": {"O": 1}, "Description": "old"}
    template = {"Resources": {"A": {"x": 1}, "B": {"x": 4}, "D": {"x": 5}}, "Outputs": {"O": 1}, "Description": "new"}
    ((after, same),) = run(("shared", [template, previous]))
    assert after == previous
    assert same == ["A"]
