"""How templates are read and written: what is wrong is said by its line, and nothing ends in a traceback."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cfn_flip
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cli.located_problems import LocatedProblem
from cli.template_file import as_plain_json, read_template, read_template_file, write_file
from cli.template_text import parse
from resilient_website.problems import InvalidTemplateError
from tools.repository import ROOT

YAML_FILES = sorted([*(ROOT / "examples").glob("*.yaml"), ROOT / "template.yaml"])


def refusal(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(InvalidTemplateError) as refused:
        read_template(path)
    (problem,) = refused.value.problems
    assert problem.path == str(path)
    if isinstance(problem, LocatedProblem):
        assert str(problem) == f"{path}:{problem.place.line}:{problem.place.column}: {problem.found}; {problem.fix}"
        return f"line {problem.place.line}, column {problem.place.column}: {problem.found}"
    return problem.found


def test_file_that_can_not_be_opened(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.yaml", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(InvalidTemplateError) as refused:
            read_template(path)
        assert str(refused.value) == f"{path}: can't be read ({reason}); give a template file"


def test_folder_of_init_leads_to_its_template(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("Resources: {}")
    with pytest.raises(InvalidTemplateError) as refused:
        read_template(tmp_path)
    assert str(refused.value).endswith(f"did you mean {tmp_path / 'site.yaml'}?")


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("Resources:\n  Site:\n    Type: X\n   Bad: 1\n", "line 4, column 4: while parsing a block mapping, expected"),
        ("A: [1, 2\nB: 3\n", "line 2, column 2: while parsing a flow sequence, expected ',' or ']'"),
        ("A:\n\t- 1\n", "line 2, column 1: while scanning for the next token, found character '\\t'"),
        ("A: *x\n", "line 1, column 4: found undefined alias 'x'"),
        ("A: &x 1\nB: &x 2\n", "line 2, column 4: found duplicate anchor 'x'; first occurrence"),
        ("A: {<<: 1}\n", "line 1, column 9: while constructing a mapping, expected a mapping or list of mappings"),
        ("A: {<<: !If [B, {}, {}]}\n", "line 1, column 9: !If can't be merged"),
        ("A: {<<: [{B: 1}, !Sub {C: 1}]}\n", "line 1, column 18: !Sub can't be merged"),
        ("A:\n  <<: {B: 1}\n  <<: {C: 1}\n", "line 3, column 3: the merge key << is already in line 2"),
        ("A:\n  <<: {B: 1, B: 2}\n", "line 2, column 14: 'B' is already in line 2"),
        ("A: !Sub {B: 1, B: 2}\n", "line 1, column 16: 'B' is already in line 1"),
        ("A: 1\n---\nB: 1\n", "line 2, column 1: expected a single document"),
        ("A: \x07", "line 1, column 4: the character 7"),
        ("[A]: 1", "line 1, column 1: a map or a list as a key"),
        ("A: !!int x", "line 1, column 1: somewhere from here on, invalid literal"),
        ("A: !GetAtt {B: C}", "line 1, column 4: !GetAtt of a map"),
        ('{"A": 1,\n "B" 2}', "line 2, column 6: Expecting ':' delimiter"),
        ('{"A": 1\n "B": 2}', "line 2, column 2: Expecting ',' delimiter"),
        ("{A: 1, B: [}", "line 1, column 12: while parsing a flow node"),
        ("A: 1\nB:\n  C: 1\n  C: 2\n", "line 4, column 3: 'C' is already in line 3"),
        ('{"A": {"B": 1,\n\t"B": 2}}', "line 2, column 2: 'B' is already in line 1"),
        ("A: &a [*a]", "line 1, column 8: the alias *a refers to a value that contains it"),
        ("&a {A: {<<: *a}}", "line 1, column 13: the alias *a refers to a value that contains it"),
        ("A: &a [&b [*a], *b]", "line 1, column 12: the alias *a refers to a value that contains it"),
        ('{"A":' * 100_000, "maps and lists are nested hundreds of levels deep"),
        ("[" * 100_000, "maps and lists are nested hundreds of levels deep"),
        ("", "is not a map"),
        ("- A", "is not a map"),
    ],
)
def test_what_is_wrong_is_reported_by_its_line(tmp_path: Path, text: str, reported: str) -> None:
    assert refusal(tmp_path / "site.yaml", text).startswith(reported)


def test_what_people_write_is_read(tmp_path: Path) -> None:
    def read(text: str) -> Any:
        (tmp_path / "site").write_text(text)
        return read_template(tmp_path / "site")

    assert read('{"A": 1,\n\t"B": null}') == {"A": 1, "B": None}
    assert read("{A: 1, B: !Ref C}") == {"A": 1, "B": {"Ref": "C"}}
    assert read("A: a & b\nB: 'c*'\nC: \"<<\"\nD: '*e'") == {"A": "a & b", "B": "c*", "C": "<<", "D": "*e"}
    assert read("AWSTemplateFormatVersion: 2010-09-09") == {"AWSTemplateFormatVersion": "2010-09-09"}
    assert read("A: 2030-01-01T00:00:00Z\nB: 2026-02-30") == {"A": "2030-01-01T00:00:00Z", "B": "2026-02-30"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!GetAtt B.C.D", ["B", "C.D"]),
        ("!GetAtt [B, C]", ["B", "C"]),
        ("!GetAtt [B, !Ref C]", ["B", {"Ref": "C"}]),
        ("!GetAtt [{'Fn::Sub': B}, {Ref: C}]", [{"Fn::Sub": "B"}, {"Ref": "C"}]),
        ("!GetAtt [!Sub 'B${C}', !Ref C]", [{"Fn::Sub": "B${C}"}, {"Ref": "C"}]),
    ],
)
def test_parts_of_get_att_are_read_whatever_they_are(text: str, value: Any) -> None:
    assert parse(f"A: {text}").value == {"A": {"Fn::GetAtt": value}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A: &x {B: !Ref C}\nD: [*x]", {"A": {"B": {"Ref": "C"}}, "D": [{"B": {"Ref": "C"}}]}),
        ("A: &x B\n*x : *x", {"A": "B", "B": "B"}),
        ("A: &x !Sub 'a'\nB: *x", {"A": {"Fn::Sub": "a"}, "B": {"Fn::Sub": "a"}}),
        ("A: &x {B: 1, C: 2}\nD: {C: 3, <<: *x}", {"A": {"B": 1, "C": 2}, "D": {"B": 1, "C": 3}}),
        ("A: &x {B: 1}\nC: &y {B: 2}\nD: {<<: [*x, *y]}", {"A": {"B": 1}, "C": {"B": 2}, "D": {"B": 1}}),
        ("A: [&x {B: 1}, &y {<<: *x, C: 2}]\nD: {<<: *y}", {"A": [{"B": 1}, {"B": 1, "C": 2}], "D": {"B": 1, "C": 2}}),
        ("A: {<<: [&x {<<: {B: 1}, B: 2}]}\nC: *x", {"A": {"B": 2}, "C": {"B": 2}}),
        ("A: {<<: {B: 1}}", {"A": {"B": 1}}),
        ("A: &x {B: 1}\nC: !Sub [d, {<<: *x}]", {"A": {"B": 1}, "C": {"Fn::Sub": ["d", {"B": 1}]}}),
    ],
)  # fmt: skip
def test_aliases_and_merge_keys_are_resolved_with_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, value: Any
) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(f"First: 1\n{text}")
    read = read_template_file(path)
    assert read.template == {"First": 1, **value}
    assert json.loads(read.content) == read.template
    line = next(number for number, line in enumerate(text.splitlines(), 2) if "*" in line or "<<" in line)
    noted = capsys.readouterr().err
    assert noted.startswith(f"{path}: line {line} has a YAML alias or merge key")
    assert "`sam deploy`" in noted
    assert noted.count("\n") == 1


LEAVES = st.text("ab \n'", max_size=4) | st.integers() | st.booleans() | st.none()
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)


@given(shared=VALUES, times=st.integers(1, 5), beside=VALUES)
def test_aliases_stand_for_what_was_written_once(shared: Any, times: int, beside: Any) -> None:
    value = {"A": shared, "B": [shared] * times, "C": {"D": [beside, shared]}}
    written = yaml.safe_dump(value)
    parsed = parse(written)
    assert parsed.value == value
    # PyYAML writes an alias for a map or a list that is there twice.
    assert (parsed.alias_line is not None) == isinstance(shared, list | dict)


def test_anchor_that_stands_for_nothing_else_needs_no_note(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "site.yaml").write_text('A: &x 1\nB: {"<<": 1}\n')
    read = read_template_file(tmp_path / "site.yaml")
    assert read.template == {"A": 1, "B": {"<<": 1}}
    assert read.content == (tmp_path / "site.yaml").read_bytes()
    assert capsys.readouterr().err == ""


def bomb(of: str, first: str, more: int) -> str:
    """Return a text whose anchors each stand for ten of the one before."""
    lines = [f"A0: &a0 {first}"]
    lines += [f"A{n}: &a{n} " + of.format(", ".join([f"*a{n - 1}"] * 10)) for n in range(1, more + 1)]
    return "\n".join(lines)


BOMBS = {
    "lists": bomb("[{0}]", "[x, x, x, x, x, x, x, x, x, x]", 11),
    "maps": "A0: &a0 {x: 1}\n"
    + "\n".join(f"A{n}: &a{n} {{" + ", ".join(f"k{k}: *a{n - 1}" for k in range(10)) + "}" for n in range(1, 12)),
    "merges": bomb("{{<<: [{0}]}}", "{x: 1, y: 2}", 11),
    "functions": bomb("!Join ['', [{0}]]", "x", 11),
    "merges of what was merged": "A0: &a0 {x: 1}\n"
    + "\n".join(f"A{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: 1}}" for n in range(1, 60)),
    "doubling": "A0: &a0 [x]\n" + "\n".join(f"A{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 300)),
    "long text": f"A: &a {'x' * 900_000}\nB: [*a, *a, *a]",
    "short text in a long list": f"A: &a {'x' * 2_000}\nB: [{', '.join(['*a'] * 1_000)}]",
    "keys": f"A: &a [{{? {'k' * 5_000} : 1}}]\nB: [{', '.join(['*a'] * 1_000)}]",
    "one large list": f"A: &a [{', '.join('x' * 1_000)}]\nB: [{', '.join(['*a'] * 1_000)}]",
    "all of it within the anchor": "A: &z\n" + bomb("[{0}]", "[x, x]", 11).replace("A", "  A"),
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_few_lines_that_stand_for_billions_of_values_are_refused_at_once(tmp_path: Path, text: str) -> None:
    (tmp_path / "bomb.yaml").write_text(text)
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from cli.template_file import read_template\n"
        "from resilient_website.problems import InvalidTemplateError\n"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF)\n"
        "before = used()\n"
        "try: read_template(Path(sys.argv[1]))\n"
        "except InvalidTemplateError as error: print(error.problems[0])\n"
        "after = used()\n"
        "print(after.ru_utime - before.ru_utime, after.ru_maxrss - before.ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "bomb.yaml"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    reported, spent = done.stdout.splitlines()
    assert "resolved, the template has more than 200000 keys and values, or more than 1000000 characters" in reported
    seconds, kilobytes = map(float, spent.split())
    assert seconds < 2
    assert kilobytes < 64_000


@pytest.mark.parametrize(("others", "accepted"), [(1, True), (5, False)])
def test_bound_is_on_what_aliases_stand_for(tmp_path: Path, others: int, accepted: bool) -> None:
    text = f"A: &a {'x' * 300_000}\nB: [{', '.join(['*a'] * others)}]"
    if accepted:
        (tmp_path / "site.yaml").write_text(text)
        assert len(read_template(tmp_path / "site.yaml")["B"][0]) == 300_000
    else:
        assert refusal(tmp_path / "site.yaml", text).startswith("line 2, column 13: with the alias *a resolved")


def test_file_that_is_no_template_by_its_size(tmp_path: Path) -> None:
    assert refusal(tmp_path / "disk.img", "x" * 5_000_001) == "has more than 5000000 bytes"


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
def test_result_is_that_of_cfn_flip(path: Path) -> None:
    text = path.read_text()
    assert read_template(path) == as_plain_json(cfn_flip.load(text)[0])


def test_json_is_what_it_was(tmp_path: Path) -> None:
    template = read_template(YAML_FILES[0])
    (tmp_path / "site.json").write_text(json.dumps(template, indent="\t"))
    assert read_template(tmp_path / "site.json") == template


def test_what_can_not_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "file" / "below", Path("/proc/nothing")):
        with pytest.raises(InvalidTemplateError) as refused:
            write_file(path, "{}")
        (problem,) = refused.value.problems
        assert (problem.path, problem.found.startswith("can't be written (")) == (str(path), True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "kept"
