"""Reads templates as people write them, and writes files so that an interrupted command leaves no half of one."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from launch.template_text import TemplateTextError, parse
from resilient_website.problems import InvalidTemplateError, Problem

# CloudFormation takes templates of 1 MB (source: "Understand CloudFormation quotas"); indented JSON has several times
# as many characters as what is sent.
MOST_BYTES = 5_000_000


def read_template(path: Path) -> dict[str, Any]:
    """Return the template in a JSON or YAML file, short forms (`!Ref`) in their long form.

    Raises InvalidTemplateError if the file can't be read, or is neither.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidTemplateError([Problem(str(path), f"can't be read ({error})", "name a template file")]) from error
    if len(content) > MOST_BYTES:
        advice = "name a template: CloudFormation takes 1 MB"
        raise InvalidTemplateError([Problem(str(path), f"has more than {MOST_BYTES} bytes", advice)])
    try:
        plain = as_plain_json(parse(text))
    except TemplateTextError as error:
        raise InvalidTemplateError([Problem(str(path), str(error), "repair it at that place")]) from error
    except (RecursionError, ValueError) as error:
        found = "maps and lists stand within one another hundreds of times"
        raise InvalidTemplateError([Problem(str(path), found, "write a CloudFormation template")]) from error
    if not isinstance(plain, dict):
        raise InvalidTemplateError([Problem(str(path), "holds no map", "write a CloudFormation template")])
    return plain


def as_plain_json(template: Any) -> Any:
    """Return what a reader of templates gave as the macro's event holds it: plain JSON, no dates, no ordered maps."""
    return json.loads(json.dumps(template, default=str))


def to_json(template: dict[str, Any]) -> str:
    """Return a template as the JSON text that is written to files."""
    return json.dumps(template, indent=2, ensure_ascii=False) + "\n"


def to_compact_json(template: dict[str, Any]) -> str:
    """Return a template as JSON without white space, for where its size counts."""
    return json.dumps(template, separators=(",", ":"), ensure_ascii=False)


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all: beside its place first, then moved there. Makes the folders it needs.

    Raises InvalidTemplateError if it can't be written there.
    """
    try:
        _write(path, text)
    except OSError as error:
        found = f"can't be written ({error.strerror or error})"
        advice = "name a file, in a folder that you may write to and that has room"
        raise InvalidTemplateError([Problem(str(path), found, advice)]) from error


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
