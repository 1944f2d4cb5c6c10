"""Templates that somebody else wrote: the command line reads them in bounded time, and prints nothing that acts."""

import time
from pathlib import Path

import pytest

from cli.template_file import read_template, to_json
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, message

SITE = "Resources:\n  Site:\n    Type: ResilientWebsite\n    Properties: "


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("{Version: 1" + ":1" * 300 + ".5}", id="float in base 60"),
        pytest.param('{2026-02-28: 1, "2026-02-28": 2}', id="date as a key"),
        pytest.param('{Fallback: {Title: "\\ud800"}}', id="half of a pair of surrogates"),
    ],
)
def test_is_read_so_that_it_can_be_written_or_is_refused(value: str, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(SITE + value, encoding="utf-8")
    try:
        found = read_template(path)
    except InvalidTemplateError:
        return
    assert to_json(found).encode()


def test_number_in_base_60_takes_no_square_of_its_length(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(SITE + "{Version: 1" + ":1" * 150_000 + "}", encoding="utf-8")
    started = time.process_time()
    found = read_template(path)["Resources"]["Site"]["Properties"]["Version"]
    assert found.startswith("1:1")
    assert time.process_time() - started < 3


def test_problem_holds_no_control_character(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(SITE + '{"\\e]0;title\\a\\r\\nall is well": 1}', encoding="utf-8")
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(read_template(path), {}, "us-east-1")
    assert not any(ord(character) < 32 for character in message(refused.value.problems))
