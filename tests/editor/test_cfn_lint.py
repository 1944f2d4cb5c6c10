"""cfn-lint and `sam validate --lint` in a folder with the files that `schema --folder` writes."""

import os
import re
import shlex
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from cli.problem_path import keys
from cli.schema.command import schema
from cli.schema.editor_files import MODELINE
from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from tools.forking.process import ForkedProcess
from tools.forking.template import Template
from tools.repository import ROOT

BIN = ROOT / ".venv/bin"
WRONG = """\
Transform: ResilientWebsite
Parameters:
  Replicas: {Type: Number, Default: 9}
Resources:
  Site:
    Type: ResilientWebsite
    Properties:
      Version: 1
      Databse: {MultiAZ: true}
      Database:
        ReadReplicas: !Ref Replicas
      Tags:
        - {Key: Team, Value: web}
        - {Key: "aws:team", Value: web}
      WebServers:
        UserData: !Sub "curl ${Site.Url}"
Outputs:
  Url:
    Value: !GetAtt Site.Adress
"""
# The line of each problem.
LINES = {9: "Databse", 11: "ReadReplicas", 14: "Tags", 19: "Adress"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = CliRunner().invoke(schema, ["--folder", str(tmp_path)])
    assert made.exit_code == 0, made.output
    (tmp_path / "site.yaml").write_text(WRONG)
    return tmp_path


@cache
def linters() -> Template:
    """Return the process that the linters are forked from: they spend half of their time on imports."""
    return Template(["cfnlint.runner", "samcli.cli.main", "samcli.commands.validate.validate"])


def run(folder: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_python(folder, "-P", str(BIN / program), *arguments)


def run_python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run what Python runs with these arguments, such as the file of a linter."""
    return ForkedProcess(linters(), arguments, {**os.environ, "SAM_CLI_TELEMETRY": "0"}, folder=folder).completed()


def test_cfn_lint_reports_what_the_macro_refuses_at_its_line(folder: Path) -> None:
    template = read_template(folder / "site.yaml")
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(template, {"Replicas": "9"}, "us-east-1")
    found = run(folder, "cfn-lint", "--format", "parseable", "site.yaml")
    assert found.returncode == 2, found.stderr
    lines = found.stdout.splitlines()
    assert {line.split(":")[5] for line in lines} == {"E9501"}
    assert sorted(int(line.split(":")[1]) for line in lines) == sorted(LINES)
    assert len(refused.value.problems) == len(LINES)
    for problem in refused.value.problems:
        assert any(f"{problem.found}; {problem.fix}" in line for line in lines), problem


def test_sam_validate_reports_the_same(folder: Path) -> None:
    found = run(folder, "sam", "validate", "--lint", "--template", "site.yaml", "--region", "us-east-1")
    assert found.returncode == 1
    assert sorted(map(int, re.findall(r"\[E9501: .*?\) matched (\d+)", found.stdout + found.stderr))) == sorted(LINES)


@pytest.mark.parametrize("linter", ["cfn-lint", "sam"])
def test_a_correct_site_passes(folder: Path, linter: str) -> None:
    (folder / "site.yaml").write_text((ROOT / "examples/with-domain.yaml").read_text())
    sam = ("sam", "validate", "--lint", "--template", "site.yaml", "--region", "us-east-1")
    found = run(folder, *(("cfn-lint", "site.yaml") if linter == "cfn-lint" else sam))
    assert found.returncode == 0, found.stdout + found.stderr


def test_without_the_command_line_the_rest_is_checked(folder: Path) -> None:
    (folder / "site.yaml").write_text(WRONG + "  Bad:\n    Value: !Ref Nowhere\n")
    # An entry of None makes Python's import of that package fail.
    hidden = "import sys; sys.modules['cli'] = None; from cfnlint.runner import main; main()"
    found = run_python(folder, "-c", hidden, "--format", "parseable", "site.yaml")
    assert [line.split(":")[5] for line in found.stdout.splitlines()] == ["E6101"], found.stdout + found.stderr


def test_the_hook_of_pre_commit(tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (tmp_path / "site.yaml").write_text(WRONG)
    (tmp_path / "site-ok.yaml").write_text((ROOT / "examples/with-domain.yaml").read_text())
    assert all(re.search(hook["files"], name) for name in ("site.yaml", "shop/site-staging.yml"))
    wrong = run(tmp_path, *shlex.split(hook["entry"]), "site.yaml", "site-ok.yaml")
    assert wrong.returncode == 2
    assert wrong.stdout.count("E9501") == len(LINES)
    assert run(tmp_path, *shlex.split(hook["entry"]), "site-ok.yaml").returncode == 0


def test_configuration_of_ones_own_is_kept(tmp_path: Path) -> None:
    (tmp_path / ".cfnlintrc").write_text("templates: [site.yaml]\n")
    made = CliRunner().invoke(schema, ["--folder", str(tmp_path)])
    assert made.exit_code == 1
    assert ".cfnlintrc: exists already" in made.output
    assert (tmp_path / ".cfnlintrc").read_text() == "templates: [site.yaml]\n"
    assert (tmp_path / ".resilient-website/template.schema.json").exists()


def test_line_for_editors_is_proposed_until_a_template_has_it(tmp_path: Path) -> None:
    arguments = ["--folder", str(tmp_path)]
    assert MODELINE in CliRunner().invoke(schema, arguments).output
    (tmp_path / "site.yaml").write_text(f"{MODELINE}\n")
    assert MODELINE not in CliRunner().invoke(schema, arguments).output


def test_the_place_is_the_innermost_part_that_exists() -> None:
    template = {"Resources": {"A": {"x.y": [{"k": 1}]}}}
    assert keys(template, "Resources.A.x.y[0].k") == ["Resources", "A", "x.y", 0, "k"]
    assert keys(template, "Resources.A.x.y[3].k") == ["Resources", "A", "x.y"]
    assert keys(template, "(template)") == []
