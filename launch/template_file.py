"""Reads templates as people write them, and writes files so that an interrupted command leaves no half of one."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import cfn_flip
import yaml

from resilient_website.problems import InvalidTemplateError, Problem


def read_template(path: Path) -> dict[str, Any]:
    """Return the template in a JSON or YAML file, short forms (`!Ref`) in their long form.

    Raises InvalidTemplateError if the file can't be read, or is neither.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidTemplateError([Problem(str(path), f"can't be read ({error})", "name a template file")]) from error
    try:
        template, _ = cfn_flip.load(text)
    except (ValueError, yaml.YAMLError) as error:
        found = "neither JSON nor YAML: " + " ".join(str(error).split())
        raise InvalidTemplateError([Problem(str(path), found, "repair it at that place")]) from error
    plain = as_plain_json(template)
    if not isinstance(plain, dict):
        raise InvalidTemplateError([Problem(str(path), "holds no map", "write a CloudFormation template")])
    return plain


def as_plain_json(template: Any) -> Any:
    """Return what a reader of templates gave as the macro's event holds it: plain JSON, no dates, no ordered maps."""
    return json.loads(json.dumps(template, default=str))


def to_json(template: dict[str, Any]) -> str:
    """Return a template as the JSON text that is written to files."""
    return json.dumps(template, indent=2, ensure_ascii=False) + "\n"


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all: beside its place first, then moved there. Makes the folders it needs."""
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
