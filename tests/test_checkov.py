"""A security scanner reads every expanded example and the installer: what it finds is fixed, or explained."""

import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from cli.parameter_values import parameter_values
from cli.template_file import read_template, to_json
from resilient_website.expand import expand_template
from tests.accepted_findings import MIN_REASON_LENGTH
from tools.repository import ROOT

PYTHON = ROOT / ".venv-checkov" / "bin" / "python"
SKIPS = ROOT / "tests" / "checkov_skips.toml"

# What the program `checkov` runs for `--framework cloudformation`, without its other frameworks, which take two seconds
# to be imported, and without three things that it does again and again: to look for garbage among all that it has read,
# to make the parser of JSON paths from its grammar, and to describe a resource for each reference to it, though nothing
# of the resource has changed.
CHECKOV = """
import gc, json, sys
gc.disable()
import ply.yacc

make, made = ply.yacc.yacc, {}

def parser(module, start, **options):
    grammar = type(module), start
    if grammar not in made:
        made[grammar] = make(module=module, start=start, **options)
    return made[grammar]

ply.yacc.yacc = parser
from checkov.cloudformation.graph_builder.graph_components.blocks import CloudformationBlock as Block
from checkov.cloudformation.graph_builder.variable_rendering.renderer import CloudformationVariableRenderer as Renderer
from checkov.cloudformation.runner import Runner
from checkov.runner_filter import RunnerFilter

describe, change, render = Block.get_attribute_dict, Block.update_attribute, Renderer._render_variables_from_edges
described = {}

def kept_description(block, add_hash=True):
    if block not in described:
        described[block] = describe(block, add_hash)
    return described[block]

def change_and_forget(block, *arguments, **named):
    described.pop(block, None)
    change(block, *arguments, **named)

def render_by_kept_descriptions(renderer):
    Block.get_attribute_dict, Block.update_attribute = kept_description, change_and_forget
    render(renderer)
    Block.get_attribute_dict, Block.update_attribute = describe, change

Renderer._render_variables_from_edges = render_by_kept_descriptions
report = Runner().run(root_folder=sys.argv[1], runner_filter=RunnerFilter(framework=["cloudformation"]))
fields = ("check_id", "check_name", "resource", "file_abs_path")
kinds = ("passed_checks", "failed_checks", "skipped_checks")
found = {kind: [{name: getattr(check, name) for name in fields} for check in getattr(report, kind)] for kind in kinds}
json.dump({"parsing_errors": report.parsing_errors, **found}, sys.stdout)
"""

# A database that anybody can reach, which the scanner finds if it works. It is read in the same run as all templates:
# to start checkov takes seconds.
OPEN = "open.json"
OPEN_DATABASE = {"Type": "AWS::RDS::DBInstance", "Properties": {"PubliclyAccessible": True, "Engine": "mysql"}}


@dataclass(frozen=True)
class Skip:
    """Resources on which a check is skipped: one pattern of Type.LogicalId, and why."""

    check: str
    pattern: str
    reason: str

    def covers(self, finding: dict[str, Any]) -> bool:
        """Tell whether a finding is one of those that are skipped."""
        return bool(finding["check_id"] == self.check) and fnmatchcase(finding["resource"], self.pattern)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what checkov says about all templates, each a file of its own, and about the open database."""
    folder = tmp_path_factory.mktemp("templates")
    for name, text in templates():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / OPEN).write_text(to_json({"Resources": {"Open": OPEN_DATABASE}}), encoding="utf-8")
    return checkov(folder)


@pytest.fixture(scope="module")
def report(scanned: dict[str, Any]) -> dict[str, Any]:
    """Return what checkov says about the templates."""
    return {kind: [each for each in found if not of_open(each)] for kind, found in scanned.items()}


def of_open(check: Any) -> bool:
    """Tell whether an entry of checkov's report, a check or the path of a file, is about the open database."""
    return Path(check["file_abs_path"] if isinstance(check, dict) else check).name == OPEN


@pytest.fixture(scope="module")
def skips() -> list[Skip]:
    entries = tomllib.loads(SKIPS.read_text(encoding="utf-8"))["accepted"]
    return [Skip(entry["check"], pattern, entry["reason"]) for entry in entries for pattern in entry["resources"]]


def templates() -> Iterator[tuple[str, str]]:
    """Yield the name and text of every expanded example, and of the installer as it is (checkov knows SAM)."""
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        template = read_template(path)
        yield f"{path.stem}.json", to_json(expand_template(template, parameter_values(template, {}), "us-east-1"))
    yield "installer.yaml", (ROOT / "template.yaml").read_text(encoding="utf-8")


def checkov(folder: Path) -> dict[str, Any]:
    """Run checkov on a folder's templates and return its report. It downloads nothing and sends nothing."""
    assert PYTHON.exists(), "checkov's environment is missing: run `make setup`"
    # A platform's key, or settings of the person at this machine, would change what it does.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("BC_", "CKV_", "PRISMA_", "PYTHON"))}
    # A pool of processes would hand over what each has read, which takes as long as reading it.
    environment |= {"HOME": str(folder), "CHECKOV_PARALLELIZATION_TYPE": "none"}
    done = subprocess.run(
        [str(PYTHON), "-c", CHECKOV, str(folder)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_checkov_read_every_template(report: dict[str, Any]) -> None:
    assert report["parsing_errors"] == []
    read = {Path(check["file_abs_path"]).name for check in report["passed_checks"]}
    assert read == {name for name, _ in templates()}


def test_every_finding_is_explained(report: dict[str, Any], skips: list[Skip]) -> None:
    unexplained = {
        f"{finding['check_id']} {finding['resource']}: {finding['check_name']}"
        for finding in report["failed_checks"]
        if not any(skip.covers(finding) for skip in skips)
    }
    assert sorted(unexplained) == [], f"fix these, or explain them in {SKIPS.relative_to(ROOT)}"


def test_every_skip_is_needed(report: dict[str, Any], skips: list[Skip]) -> None:
    findings = report["failed_checks"]
    needless = [f"{skip.check} {skip.pattern}" for skip in skips if not any(map(skip.covers, findings))]
    assert needless == [], f"nothing is found there any more: remove these from {SKIPS.relative_to(ROOT)}"


def test_nothing_is_skipped_elsewhere(report: dict[str, Any]) -> None:
    assert report["skipped_checks"] == []


def test_every_skip_has_a_reason(skips: list[Skip]) -> None:
    assert [f"{skip.check} {skip.pattern}" for skip in skips if len(skip.reason) < MIN_REASON_LENGTH] == []


def test_scanner_would_find_an_open_database(scanned: dict[str, Any]) -> None:
    """The scanner itself works: a database that anybody can reach is found."""
    found = [finding["check_id"] for finding in scanned["failed_checks"] if of_open(finding)]
    assert "CKV_AWS_17" in found
