"""`build_templates.py failures`, as its user runs it."""

import json
import os
from pathlib import Path
from typing import Any

from tools.repository import ROOT

GOLDEN = Path(__file__).parent / "failures-of-with-domain.txt"
DOMAIN = ROOT / "examples/with-domain.yaml"


def test_table_is_its_golden(command_line: Any) -> None:
    done = command_line("failures", DOMAIN)
    assert done.returncode == 0, done.stderr
    if os.environ.get("WRITE_GOLDENS"):
        GOLDEN.write_text(done.stdout)
    assert done.stdout == GOLDEN.read_text(), "if the change is meant: `make goldens`, and review the diff"


def test_no_color_outside_of_a_terminal(command_line: Any) -> None:
    assert "\x1b" not in command_line("failures", DOMAIN).stdout


def test_compact_and_expanded_give_the_same(command_line: Any, tmp_path: Path) -> None:
    expanded = tmp_path / "expanded.json"
    command_line("expand", DOMAIN, "-o", expanded)
    assert command_line("failures", expanded).stdout == command_line("failures", DOMAIN).stdout


def test_json_has_every_pair_with_its_phases(command_line: Any) -> None:
    reported = json.loads(command_line("failures", DOMAIN, "--json").stdout)
    answers = reported["answers"]
    pairs = {(a["failure"], a["request"]["host"], a["request"]["kind"]) for a in answers}
    assert len(pairs) == len(answers)
    lost = next(a for a in answers if a["failure"] == "CloudFront" and a["request"]["kind"] == "a page")
    assert [phase["outcome"] for phase in lost["phases"]] == ["time out", "friendly page"]
    assert [phase["seconds"] for phase in lost["phases"]] == [[90, 150], None]
    assert all(figure["source"] for figure in reported["figures"])


def test_parameters_and_region_count(command_line: Any) -> None:
    two = ROOT / "examples/two-sites.yaml"
    with_blog, without = (
        command_line("failures", two, "--parameter", f"WithBlog={given}").stdout for given in ("yes", "no")
    )
    assert "BlogDistribution" in with_blog
    assert "BlogDistribution" not in without
    refused = command_line("failures", ROOT / "examples/minimal.yaml", "--region", "us-west-1")
    assert refused.returncode == 1
    assert "AvailabilityZones: 2" in refused.stderr


def test_what_is_no_website_is_said(command_line: Any, tmp_path: Path) -> None:
    path = tmp_path / "queue.json"
    path.write_text('{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}')
    done = command_line("failures", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no CloudFront distribution" in done.stderr
    assert len(done.stderr.splitlines()) == 1
