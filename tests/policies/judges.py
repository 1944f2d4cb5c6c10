"""Has policies judged by parliament and policy_sentry, in an environment of their own."""

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass

from tests.policies.documents import Document
from tools.repository import ROOT

PYTHON = ROOT / ".venv-iam" / "bin" / "python"

JUDGE = ROOT / "tests" / "policies" / "judge.py"


@dataclass(frozen=True)
class Finding:
    """What a judge says about a role, or about a policy's resource."""

    holder: str
    issue: str
    detail: str


def judged(found: Iterable[Document]) -> list[Finding]:
    """Return all findings. Documents of one holder count as one role's."""
    given = [{"name": one.holder, "identity": one.identity, "policy": one.policy} for one in found]
    assert PYTHON.exists(), "the judges' environment is missing: run `make setup`"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(PYTHON), str(JUDGE)], input=json.dumps(given), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [Finding(*finding) for finding in json.loads(done.stdout)]
