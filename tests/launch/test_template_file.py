"""How templates are read and written: what is wrong is said by its line, and nothing ends in a traceback."""

import json
from pathlib import Path
from typing import Any

import cfn_flip
import pytest

from launch.template_file import as_plain_json, read_template, write_file
from resilient_website.problems import InvalidTemplateError
from tests.emulator.endpoint import ROOT

YAML_FILES = sorted([*(ROOT / "examples").glob("*.yaml"), ROOT / "template.yaml"])


def refusal(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(InvalidTemplateError) as refused:
        read_template(path)
    (problem,) = refused.value.problems
    assert problem.path == str(path)
    return problem.found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Resources:\n  Site:\n    Type: X\n   Bad: 1\n", "line 4, column 4: while parsing a block mapping, expected"),
        ("A: [1, 2\nB: 3\n", "line 2, column 2: while parsing a flow sequence, expected ',' or ']'"),
        ("A:\n\t- 1\n", "line 2, column 1: while scanning for the next token, found character '\\t'"),
        ("A: *x\n", "line 1, column 4: the alias *x, which CloudFormation does not take"),
        ("A: &x\n  B: 1\nC: *x\n", "line 1, column 4: the anchor &x, which CloudFormation does not take"),
        ("A:\n  - &x 1\n", "line 2, column 5: the anchor &x"),
        ("A: &x !Ref B\n", "line 1, column 4: the anchor &x"),
        ("&x A: 1\n", "line 1, column 1: the anchor &x"),
        ("A:\n  <<: {B: 1}\n  C: 1\n", "line 2, column 3: a merge key, which CloudFormation does not take"),
        ("A: 1\n---\nB: 1\n", "line 2, column 1: expected a single document"),
        ("A: \x07", "line 1, column 4: the character 7"),
        ("[A]: 1", "line 1, column 1: a map or a list as a key"),
        ("A: 2026-02-30", "line 1, column 1: somewhere from here on, day is out of range for month"),
        ("A: !GetAtt {B: C}", "line 1, column 1: somewhere from here on, !GetAtt of a map"),
        ('{"A": 1,\n "B" 2}', "line 2, column 6: Expecting ':' delimiter"),
        ('{"A": 1\n "B": 2}', "line 2, column 2: Expecting ',' delimiter"),
        ("{A: 1, B: [}", "line 1, column 12: while parsing a flow node"),
        ("A: 1\nB:\n  C: 1\n  C: 2\n", "line 4, column 3: 'C' is there already, in line 3"),
        ('{"A": {"B": 1,\n\t"B": 2}}', "line 2, column 2: 'B' is there already, in line 1"),
        ("A: &a [*a]", "line 1, column 4: the anchor &a"),
        ("&a [*a]", "line 1, column 1: the anchor &a"),
        ('{"A":' * 100_000, "maps and lists stand within one another"),
        ("[" * 100_000, "maps and lists stand within one another"),
        ("", "holds no map"),
        ("- A", "holds no map"),
    ],
)
def test_what_is_wrong_is_told_by_its_line(tmp_path: Path, text: str, told: str) -> None:
    assert refusal(tmp_path / "site.yaml", text).startswith(told)


def test_what_people_write_is_read(tmp_path: Path) -> None:
    def read(text: str) -> Any:
        (tmp_path / "site").write_text(text)
        return read_template(tmp_path / "site")

    assert read('{"A": 1,\n\t"B": null}') == {"A": 1, "B": None}
    assert read("{A: 1, B: !Ref C}") == {"A": 1, "B": {"Ref": "C"}}
    assert read("A: a & b\nB: 'c*'\nC: \"<<\"\nD: '*e'") == {"A": "a & b", "B": "c*", "C": "<<", "D": "*e"}
    assert read("AWSTemplateFormatVersion: 2010-09-09") == {"AWSTemplateFormatVersion": "2010-09-09"}


def test_few_lines_that_stand_for_billions_of_values_are_refused_unread(tmp_path: Path) -> None:
    lines = ["A0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"A{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert refusal(tmp_path / "bomb.yaml", "\n".join(lines)).startswith("line 1, column 5: the anchor &a0")


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


def test_what_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "file" / "below", Path("/proc/nothing")):
        with pytest.raises(InvalidTemplateError) as refused:
            write_file(path, "{}")
        (problem,) = refused.value.problems
        assert (problem.path, problem.found.startswith("can't be written (")) == (str(path), True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "kept"
