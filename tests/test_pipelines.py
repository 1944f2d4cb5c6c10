"""The pipelines in examples/ci: their structure, and what their scripts do when a command fails."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from cli.main import main
from tools.repository import ROOT

FOLDER = ROOT / "examples/ci"
# Everything is a text: `on` is no boolean.
GITHUB: Any = yaml.load((FOLDER / "github-actions.yml").read_text(), Loader=yaml.BaseLoader)
GITLAB: Any = yaml.load((FOLDER / "gitlab-ci.yml").read_text(), Loader=yaml.BaseLoader)
GITLAB_GLOBAL = {"stages", "variables"}
GITLAB_JOBS = {name: job for name, job in GITLAB.items() if name not in GITLAB_GLOBAL}

# Sources: "Workflow syntax for GitHub Actions" and "CI/CD YAML syntax reference"; the keys that these files use.
JOB_KEYS = {"if", "runs-on", "permissions", "environment", "concurrency", "needs", "steps"}
STEP_KEYS = {"name", "uses", "with", "env", "run", "if"}
GITLAB_KEYS = {
    *("extends", "stage", "image", "id_tokens", "variables", "before_script", "script", "rules"),
    *("environment", "resource_group"),
}

STAND_IN = """#!/bin/bash
echo "$(basename "$0") $*" >> "$CALLS"
case "$(basename "$0") $1" in
  "resilient-website check") exit "$CHECKED" ;;
  "resilient-website diff") echo "### Update"; exit "$SAFE" ;;
esac
"""


def steps() -> Iterator[dict[str, Any]]:
    for job in GITHUB["jobs"].values():
        yield from job["steps"]


def scripts() -> list[str]:
    """Return every script of both pipelines."""
    github = [step["run"] for step in steps() if "run" in step]
    gitlab = ["\n".join(job[key]) for job in GITLAB_JOBS.values() for key in ("before_script", "script") if key in job]
    return [*github, *gitlab]


def test_github_has_the_structure_of_a_workflow() -> None:
    assert GITHUB.keys() == {"name", "on", "permissions", "env", "jobs"}
    assert GITHUB["permissions"] == {"contents": "read"}
    for name, job in GITHUB["jobs"].items():
        assert job.keys() <= JOB_KEYS, name
        assert job["permissions"]["id-token"] == "write"
        assert {job.get("needs", name)} <= GITHUB["jobs"].keys()
        for step in job["steps"]:
            assert step.keys() <= STEP_KEYS
            assert ("uses" in step) != ("run" in step)
            assert "uses" not in step or re.fullmatch(r"[\w-]+/[\w-]+@(v\d+|[0-9a-f]{40})", step["uses"])


def test_github_runs_no_text_of_a_pull_request() -> None:
    """Expressions in a script are put in before the shell reads it: a title could be a command."""
    assert [step for step in steps() if "${{" in step.get("run", "")] == []
    assert GITHUB["on"].keys() == {"pull_request", "push"}, "pull_request_target has the rights of the main branch"


def test_only_the_jobs_of_the_main_branch_have_the_role_that_deploys() -> None:
    roles = {
        name: [step["with"]["role-to-assume"] for step in job["steps"] if "role-to-assume" in step.get("with", {})]
        for name, job in GITHUB["jobs"].items()
    }
    assert roles.pop("review") == ["${{ vars.REVIEW_ROLE }}"]
    assert set(map(str, roles.values())) == {"['${{ vars.DEPLOY_ROLE }}']"}
    assert all("environment" in GITHUB["jobs"][name] for name in roles)


def test_gitlab_has_the_structure_of_a_pipeline() -> None:
    for name, job in GITLAB_JOBS.items():
        assert job.keys() <= GITLAB_KEYS, name
        assert job.get("extends", ".aws") in GITLAB_JOBS
        assert job.get("stage", "review") in GITLAB["stages"]
        assert all(rule.keys() <= {"if", "changes", "when"} for rule in job.get("rules", []))
    assert GITLAB_JOBS["production"]["rules"][0]["when"] == "manual"


@pytest.mark.parametrize("script", scripts())
def test_scripts_are_bash(script: str) -> None:
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_commands_and_options_exist() -> None:
    used = [
        (command, options)
        for script in scripts()
        for command, options in re.findall(r"resilient-website ([\w-]+)([^|>\n]*)", script)
    ]
    assert {command for command, _ in used} == {"check", "diff"}
    for name, rest in used:
        command = main.get_command(click.Context(main), name)
        assert command
        known = {option for each in command.params for option in each.opts}
        assert {*re.findall(r"--[\w-]+", rest)} <= known


def run(tmp_path: Path, script: str, checked: int, safe: int) -> tuple[int, list[str]]:
    """Run a script as the pipelines do, with stand-ins for its commands; return its status and their calls."""
    binaries, calls = tmp_path / "bin", tmp_path / "calls"
    binaries.mkdir()
    calls.touch()
    for name in ("resilient-website", "gh", "curl", "pip", "sam"):
        (binaries / name).write_text(STAND_IN)
        (binaries / name).chmod(0o755)
    variables = dict.fromkeys(re.findall(r"\$\{?([A-Z_]+)", script), "x")
    variables |= {"PATH": f"{binaries}:/usr/bin:/bin", "CALLS": str(calls), "CHECKED": str(checked), "SAFE": str(safe)}
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=tmp_path, env=variables, check=False)
    return done.returncode, calls.read_text().splitlines()


GITHUB_COMMENT = GITHUB["jobs"]["review"]["steps"][-1]["run"]
GITLAB_REVIEW = "\n".join(GITLAB_JOBS["review"]["script"])


@pytest.mark.parametrize(("safe", "commented"), [(0, True), (2, True), (1, False)])
def test_github_comments_the_update_and_fails_if_it_is_not_safe(tmp_path: Path, safe: int, commented: bool) -> None:
    status, calls = run(tmp_path, GITHUB_COMMENT, 0, safe)
    assert status == safe
    assert any(call.startswith("gh pr comment ") for call in calls) == commented
    assert (tmp_path / "comment.md").read_text() == "### Update\n"


@pytest.mark.parametrize(
    ("checked", "safe", "commented", "expected"),
    [(0, 0, True, 0), (1, 0, True, 1), (0, 2, True, 2), (1, 2, True, 2), (0, 1, False, 1)],
)
def test_gitlab_comments_the_update_and_fails_if_it_is_not_safe(
    tmp_path: Path, checked: int, safe: int, commented: bool, expected: int
) -> None:
    status, calls = run(tmp_path, GITLAB_REVIEW, checked, safe)
    assert status == expected
    assert any(call.startswith("curl ") for call in calls) == commented
