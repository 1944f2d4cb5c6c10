"""What commands print into a file or a pipe: at most 80 columns of tables, in any encoding."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tools.repository import ROOT

NEW = {
    "Transform": "ResilientWebsite",
    "Resources": {
        "Site": {
            "Type": "ResilientWebsite",
            "Properties": {"Database": {"DatabaseName": "shop"}, "Fallback": {"Title": "日本 \U0001f600 é"}},
        }
    },
}


def run(encoding: str, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COLUMNS"))}
    command = [str(ROOT / ".venv/bin/python"), str(ROOT / "build_templates.py"), *map(str, arguments)]
    environment = {**variables, "PYTHONIOENCODING": encoding}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize(("command", "status"), [("diff", 2), ("failures", 0)])
def test_tables_fit_80_columns(tmp_path: Path, command: str, status: int) -> None:
    (tmp_path / "new.json").write_text(json.dumps(NEW))
    old = [ROOT / "examples/with-domain.yaml"] if command == "diff" else []
    done = run("utf-8", command, *old, tmp_path / "new.json")
    assert done.returncode == status, done.stderr
    assert max(map(len, done.stdout.decode().splitlines())) <= 80


@pytest.mark.parametrize("example", ["everything", "saved-copy"])
def test_failures_cuts_no_text_off(example: str) -> None:
    """The longest names of failures, and four columns."""
    done = run("utf-8", "failures", ROOT / f"examples/{example}.yaml")
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 0, done.stderr
    assert [line for line in lines if "…" in line or len(line) > 80] == []


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize("arguments", [("expand",), ("diff", "examples/minimal.yaml"), ("failures",)])
def test_any_encoding_will_do(tmp_path: Path, encoding: str, arguments: tuple[str, ...]) -> None:
    path = tmp_path / "new.json"
    path.write_text(json.dumps(NEW, ensure_ascii=False), encoding="utf-8")
    done = run(encoding, *arguments, path)
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 2)
    if arguments == ("expand",):
        # click writes UTF-8 where Python is set to ASCII.
        made = json.loads(done.stdout.decode("utf-8" if encoding == "ascii" else encoding))
        assert made["Resources"]["SiteFallbackSite"]["Properties"]["Title"] == "日本 \U0001f600 é"
