"""Templates are read as the SAM CLI reads them: its own reader judges ours, over generated and shipped templates."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samcli.yamlhelper import yaml_parse

from cli.template_file import as_plain_json
from cli.template_text import parse
from tests.hypothesis_profile import examples
from tools.repository import ROOT

SHIPPED = sorted([*(ROOT / "examples").glob("*.yaml"), ROOT / "template.yaml"])

# What people write without quotes, and YAML 1.1 takes for something else than a text. Not `22:30`, which SAM reads as a
# number to base 60 and CloudFormation as a text.
PLAIN = [
    "true",
    "False",
    "yes",
    "NO",
    "on",
    "off",
    "null",
    "~",
    "1",
    "-3",
    "010",
    "0x1F",
    "1_000",
    "1.5",
    "1e3",
    ".inf",
    "2010-09-09",
    "2030-01-01T00:00:00Z",
    "2026-02-30",
    "db.t4g.small",
    "10.0.0.0/16",
    "arn:aws:s3:::a",
    "a.B.c",
    "-x",
    "012345678901",
    "0o17",
    "0b11",
    "1.2.3",
]
# Those that take any argument, so all but GetAtt.
FUNCTIONS = [
    "Ref",
    "Sub",
    "Join",
    "If",
    "Select",
    "Split",
    "FindInMap",
    "Base64",
    "ImportValue",
    "GetAZs",
    "Equals",
    "Not",
    "And",
    "Or",
    "Condition",
]
WORDS = st.sampled_from(["A", "${A}/b", "Topic", "a b", "x: y", "# c", "'", '"', "ümlaut", "two\nlines", "", " "])
SCALARS = st.one_of(st.sampled_from(PLAIN), WORDS.map(json.dumps))


def _flow_list(items: list[str]) -> str:
    return f"[{', '.join(items)}]"


def _flow_map(items: dict[str, str]) -> str:
    return "{" + ", ".join(f"{json.dumps(key)}: {item}" for key, item in items.items()) + "}"


def _called(function: str, argument: str) -> str:
    return f"!{function} {argument}"


def _holders(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lists = st.lists(inner, max_size=3).map(_flow_list)
    maps = st.dictionaries(st.sampled_from(["A", "Fn::Sub", "Ref", "on", "x y"]), inner, max_size=3).map(_flow_map)
    # The argument of a call is no call in its short form: YAML takes one tag a node.
    simple = st.one_of(SCALARS, lists)
    # SAM's reader takes no map as the argument of GetAtt.
    attributes = st.builds(_called, st.just("GetAtt"), simple)
    calls = st.builds(_called, st.sampled_from(FUNCTIONS), simple | maps)
    return lists | maps | calls | attributes


NODES = st.recursive(SCALARS, _holders, max_leaves=12)
KEYS = st.sampled_from(["Resources", "Outputs", "A", "yes", "Key", "7", "2010-09-09", "Fn::ForEach::X"])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Draw the text of a template: a block map, whose entries are flow nodes, block lists and literal texts."""
    lines = []
    for key in draw(st.lists(KEYS, min_size=1, max_size=5, unique=True)):
        kind = draw(st.sampled_from(["flow", "list", "literal"]))
        if kind == "flow":
            lines.append(f"{key}: {draw(NODES)}")
        elif kind == "list":
            lines += [f"{key}:", *(f"  - {node}" for node in draw(st.lists(NODES, min_size=1, max_size=3)))]
        elif kind == "literal":
            style = draw(st.sampled_from(["|", ">", "|-", "!Sub |", "!Sub >-"]))
            lines += [f"{key}: {style}", "    one ${A}", "", "      two # three"]
    if draw(st.booleans()):
        shared = _flow_map({"B": draw(SCALARS)})
        lines += ["Shared:", f"  First: &a {shared}", "  Again: *a", "  Merged: {<<: *a, C: 1}"]
    return "\n".join(lines)


def judged(text: str) -> Any:
    return as_plain_json(yaml_parse(text))


@given(documents())
@examples(300)
def test_generated_templates_are_read_as_sam_reads_them(text: str) -> None:
    assert as_plain_json(parse(text).value) == judged(text)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_templates_are_read_as_sam_reads_them(path: Path) -> None:
    text = path.read_text()
    assert as_plain_json(parse(text).value) == judged(text)


@pytest.mark.parametrize(
    ("text", "ours", "sams"),
    [
        # CloudFormation's windows and times of day are texts; to base 60 it would be another number.
        ("A: 22:30", "22:30", 1350),
    ],
)
def test_known_differences(text: str, ours: Any, sams: Any) -> None:
    assert (parse(text).value["A"], judged(text)["A"]) == (ours, sams)
