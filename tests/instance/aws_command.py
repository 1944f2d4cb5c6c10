"""A stand-in for the AWS CLI, which the sample application asks for the secret of its database."""

import os
from pathlib import Path

# The user and the password of `servers.mariadb`.
_SCRIPT = """#!/bin/sh
echo '{"username": "website", "password": "secret"}'
"""


def path_with_aws(folder: Path) -> str:
    """Write the command `aws` into a folder, which is made, and return a PATH that begins with it."""
    folder.mkdir(parents=True)
    command = folder / "aws"
    command.write_text(_SCRIPT)
    command.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"
