"""The boot scripts, each read once from the files beside this one, when a site needs it.

The prologue expects the shell variables STACK, RESOURCE and REGION; the epilogue WEB_PORT, HEALTH_CHECK_PATH and
STARTUP_SECONDS; the artifact's script BUCKET, KEY, VERSION_ID and SHA256, where the last two are empty if absent.
"""

import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def script(name: str) -> str:
    """Return a script without its lines of comment, which are for readers of the file, not for servers."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("# ", "#\n"))).lstrip("\n")


def artifact() -> str:
    """Return the script that installs an artifact and starts it."""
    return _with_service("artifact.sh")


def container(*, shares_files: bool) -> str:
    """Return the script that runs a container, which can use the shared files if there are any."""
    more = ' --volume "$FILES_FOLDER:$FILES_FOLDER"' if shares_files else ""
    return _with_service("container.sh").replace("@@FILES@@", more)


def _with_service(name: str) -> str:
    return script(name).replace("@@SERVICE@@\n", script("service.sh"))


def _program(name: str) -> str:
    """Return a Python program as servers get it: without blank lines and its functions' docstrings."""
    import ast  # noqa: PLC0415  # not needed by every site

    source = (HERE / name).read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            docstring = node.body[0]
            for number in range(docstring.lineno - 1, docstring.end_lineno or 0):
                lines[number] = ""
    text = re.sub(r"\n\n+", "\n", "".join(lines))
    return re.sub(r"^( {4})+", lambda indent: "\t" * (len(indent[0]) // 4), text, flags=re.MULTILINE)


@cache
def sample_application() -> str:
    """Return the script that installs the sample application, with the application in it."""
    return sample_applications()[0]


@cache
def secrets() -> str:
    """Return the script that reads secrets into files, with its program, whose docstring is for readers of the file."""
    docstring, end = '"""', '"""\n'
    program = _program("read_secrets.py").removeprefix(docstring).partition(end)[2]
    return script("secrets.sh").replace("@@READ_SECRETS@@\n", program)


@cache
def sample_applications() -> tuple[str, ...]:
    """Return the scripts that install the sample application, one for each code that a version had, newest first.

    Analyses of a template recognize the application by them. Its page responds without its stores, whose state it
    reports; so a health check of that page does not need them. A released version keeps its script, so a changed one
    is added in front, and earlier ones stay.
    """
    return (script("sample_application.sh").replace("@@SAMPLE_APPLICATION@@\n", _program("sample_app.py")),)
