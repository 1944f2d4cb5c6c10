"""The boot scripts, read once from the files beside this one.

The prologue expects the shell variables STACK, RESOURCE and REGION; the epilogue WEB_PORT and HEALTH_CHECK_PATH; the
artifact's script BUCKET, KEY, VERSION_ID and SHA256, the last two empty where they are not given.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent

# User data holds 16 KB before it is encoded. Source: "Run commands when you launch an EC2 instance with user data".
USER_DATA_LIMIT = 16 * 1024


def _script(name: str) -> str:
    """Return a script without its leading comment, which is for people who read the file, not for every server."""
    return re.sub(r"\A(#[^\n]*\n)+\n?", "", (HERE / name).read_text(encoding="utf-8"))


PROLOGUE = _script("prologue.sh")
RUN_USER_SCRIPT = _script("run_user_script.sh")
AGENT = _script("agent.sh")
ARTIFACT = _script("artifact.sh")
DRAIN = _script("drain.sh")
EPILOGUE = _script("epilogue.sh")
SAMPLE_APPLICATION = _script("sample_application.sh").replace(
    "@@SAMPLE_APPLICATION@@\n", (HERE / "sample_app.py").read_text(encoding="utf-8")
)
