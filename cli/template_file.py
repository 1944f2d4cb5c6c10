"""Reads templates as people write them, and writes files so that an interrupted command leaves no half of one."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from cli.located_problems import LocatedProblem, Place, remember
from cli.template_text import TemplateTextError, parse
from resilient_website.problems import InvalidTemplateError, Problem

# Sources: "CloudFormation template format" in the AWS CloudFormation User Guide: of YAML 1.1, aliases and hash merges
# are not supported; the code of both command lines, which write a template anew without aliases.
ALIASES = (
    "line {line} has a YAML alias or merge key, which is resolved here; CloudFormation does not support them: deploy "
    "with `sam deploy` or `aws cloudformation package`, which resolve them"
)

# CloudFormation allows templates of 1 MB (source: "Understand CloudFormation quotas"); indented JSON has several times
# as many characters as what is sent.
MAX_BYTES = 5_000_000

# The template in a folder of `init`.
WRITTEN_BY_INIT = "site.yaml"

# How to repair what the YAML parser finds most often.
TEXT_REPAIRS = (
    (
        "mapping values are not allowed here",
        "put a text that contains a colon and a space, or ends with a colon, in quotes; "
        "or indent the lines of a map to the same column",
    ),
    ("cannot start any token", "indent with spaces, not tabs; put a text that begins with this character in quotes"),
    ("expected <block end>, but found", "indent the lines of a map or list to the same column"),
    ("but got '?'", "put a text that contains a question mark, such as a cron expression, in quotes"),
    ("could not find expected ':'", "write a colon and a space between a name and its value"),
    ("unexpected end of stream", "close the quotation mark"),
    (" is already in line ", "write it once"),
)


@dataclass(frozen=True)
class TemplateFile:
    """A template, and its bytes for CloudFormation: the file's, or JSON if the file has YAML aliases."""

    template: dict[str, Any]
    content: bytes


def read_template(path: Path) -> dict[str, Any]:
    """Return the template in a JSON or YAML file, short forms (`!Ref`) in their long form, aliases resolved.

    Raises InvalidTemplateError if the file can't be read, or is neither.
    """
    return read_template_file(path).template


def read_template_file(path: Path) -> TemplateFile:
    """Return the template in a JSON or YAML file, and what CloudFormation takes of it.

    Says on standard error, once per file and command, that CloudFormation takes no aliases if the file has some.
    Raises InvalidTemplateError if the file can't be read, or is neither.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"is not UTF-8 ({error.reason} at byte {error.start})"
        raise InvalidTemplateError([Problem(str(path), found, "save it as UTF-8")]) from error
    except OSError as error:
        found = f"can't be read ({error.strerror or error})"
        inside = path / WRITTEN_BY_INIT
        advice = f"did you mean {inside}?" if inside.is_file() else "give a template file"
        raise InvalidTemplateError([Problem(str(path), found, advice)]) from error
    if len(content) > MAX_BYTES:
        advice = "give a template: CloudFormation allows 1 MB"
        raise InvalidTemplateError([Problem(str(path), f"has more than {MAX_BYTES} bytes", advice)])
    try:
        parsed = parse(text)
        plain = as_plain_json(parsed.value)
        # Half of a pair of surrogates is in JSON's texts, but in no file.
        to_compact_json(plain).encode()
    except TemplateTextError as error:
        place = Place(str(path), *error.place)
        raise InvalidTemplateError([LocatedProblem(str(path), error.problem, _repair(error), place)]) from error
    except RecursionError as error:
        found = "maps and lists are nested hundreds of levels deep"
        raise InvalidTemplateError([Problem(str(path), found, "write a CloudFormation template")]) from error
    except (ValueError, TypeError) as error:
        found = f"contains what a template can't ({error})"
        raise InvalidTemplateError([Problem(str(path), found, "write a CloudFormation template")]) from error
    if not isinstance(plain, dict):
        raise InvalidTemplateError([Problem(str(path), "is not a map", "write a CloudFormation template")])
    remember(str(path), text)
    if parsed.alias_line is None:
        return TemplateFile(plain, content)
    _note_aliases(path, parsed.alias_line)
    return TemplateFile(plain, to_json(plain).encode())


def _repair(error: TemplateTextError) -> str:
    """Return how to repair a text that can't be read."""
    return next((fix for found, fix in TEXT_REPAIRS if found in error.problem), "correct it there")


def _note_aliases(path: Path, line: int) -> None:
    # A command can read a file twice, as `diff` does if both sides are the same.
    context = click.get_current_context(silent=True)
    noted: set[Path] = context.meta.setdefault(f"{__name__}.noted", set()) if context else set()
    if path not in noted:
        noted.add(path)
        click.echo(f"{path}: {ALIASES.format(line=line)}", err=True)


def as_plain_json(template: Any) -> Any:
    """Return what a reader of templates gave as the macro's event holds it: plain JSON, no dates, no ordered maps."""
    return json.loads(json.dumps(template, default=str))


def stack_template(body: Any) -> Any:
    """Return a template of GetTemplate as plain JSON: the SDK decodes JSON, and leaves YAML as text.

    Raises TemplateTextError for a text that can't be read.
    """
    return as_plain_json(parse(body).value if isinstance(body, str) else body)


def to_json(template: dict[str, Any]) -> str:
    """Return a template as the JSON text that is written to files."""
    return json.dumps(template, indent=2, ensure_ascii=False) + "\n"


def to_compact_json(template: dict[str, Any]) -> str:
    """Return a template as JSON without white space, for where its size counts."""
    return json.dumps(template, separators=(",", ":"), ensure_ascii=False)


def write_file(path: Path, text: str) -> None:
    """Write a file completely or not at all: to a temporary file first, which then replaces it. Creates its folders.

    A link, a device or a pipe is not replaced, but written to.
    Raises InvalidTemplateError if it can't be written there.
    """
    try:
        _write(path, text)
    except OSError as error:
        found = f"can't be written ({error.strerror or error})"
        advice = "give a file in a folder with write permission and free space"
        raise InvalidTemplateError([Problem(str(path), found, advice)]) from error


def _write(path: Path, text: str) -> None:
    """Write a file at once: through a temporary file, unless the path is a link or a device."""
    import tempfile  # noqa: PLC0415  # most commands write to the terminal

    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or (path.exists() and not path.is_file() and not path.is_dir()):
        path.write_text(text, encoding="utf-8")
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
