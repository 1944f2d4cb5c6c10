"""docs/operations.md: its commands are understood, and it describes five commands for a deployed site."""

import re
import shlex
import tarfile
from pathlib import Path
from typing import Any

import botocore.client
import pytest
from click.testing import CliRunner

from cli.main import main
from tests.cli.aws_in_memory import aws_error
from tests.cli.documented_policies import PAGE

COMMANDS = sorted(set(re.findall(r"\./build_templates\.py ((?:[^`\n#|](?!  #))+)", PAGE)))


@pytest.mark.parametrize("line", COMMANDS)
def test_command_is_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str) -> None:
    def refuse(client: Any, operation: str, arguments: Any) -> None:
        del client, arguments
        raise aws_error(operation, "AccessDenied", "no")

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", refuse)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    # What the page releases.
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/app.py").write_text("print('shop')\n")
    with tarfile.open(tmp_path / "shop-1.4.2.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "dist/app.py", "app.py")
    monkeypatch.chdir(tmp_path)
    done = CliRunner(mix_stderr=False).invoke(main, shlex.split(line))
    assert done.exit_code == 1, done.stderr
    # With --json, problems are printed as JSON too.
    assert "AWS refused ListStackResources" in (done.stdout if "--json" in line else done.stderr)


def test_each_command_is_described() -> None:
    assert {line.split()[0] for line in COMMANDS} == {"logs", "open", "release", "shell", "status"}
