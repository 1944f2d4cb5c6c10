"""What the tests of `release` share: a site that the command asks, the command, and what it changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result

from cli.deployed.tools import Tools, tools_of
from cli.main import main
from cli.release import command
from tests.cli.aws_in_memory import in_place
from tests.cli.fake_release import FakeRelease
from tests.cli.fake_site import REGION

# What the site serves at first: what the example with all properties has.
FIRST = "shop/1.4.2.tar.gz"

CHANGING = ("Put", "Create", "Execute", "Delete", "Update")


@contextmanager
def released_site() -> Iterator[FakeRelease]:
    """Let the command ask a site in memory, in that site's time."""
    fake = FakeRelease()

    def tools(session: boto3.Session) -> Tools:
        shown = tools_of(session).say

        def say(line: str) -> None:
            fake.said.append(line)
            shown(line)

        return replace(fake.tools(), say=say)

    with pytest.MonkeyPatch.context() as patch, in_place(fake):
        patch.setattr(command, "tools_of", tools)
        yield fake


def application(parent: Path) -> Path:
    """Return a folder with an application: a program, and what it reads."""
    folder = parent / "app"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/start").write_text("#!/bin/sh\n")
    (folder / "bin/start").chmod(0o755)
    (folder / "data.txt").write_text("one")
    return folder


def invoke(*arguments: str | Path) -> Result:
    """Run the command."""
    words = ["release", "my-site", "--region", REGION, *map(str, arguments)]
    return CliRunner(mix_stderr=False).invoke(main, words)


def canary(fake: FakeRelease) -> Any:
    """Return the canary as the stack's template has it."""
    return fake.template["Resources"]["Site"]["Properties"]["WebServers"]["Canary"]


def changed(fake: FakeRelease) -> list[str]:
    """Return the operations that changed something."""
    return [operation for _, _, operation in fake.calls if operation.startswith(CHANGING)]
