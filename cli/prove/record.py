"""The record of a run: a file beside the user, from which an interrupted run continues, and a report is written."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cli.template_file import write_file
from resilient_website.problems import InvalidTemplateError, Problem


@dataclass(frozen=True)
class Request:
    """A request to the whole site, and what came: its status (None for none), and whether that was expected."""

    what: str
    status: int | None
    expected: bool


@dataclass(frozen=True)
class Measured:
    """A failure that was caused: for how long requests failed, in seconds, and how this compares with `failures`.

    `seen` are the kinds of responses, the usual page left out, by `requests` requests of which `failed` failed.
    `lasted` is the time until the last response that was not the page. `predicted` is in the words of `failures`;
    `problem` says in which respect it was not so, empty if it was. `skipped` says why the failure was not caused.
    """

    failure: str
    predicted: str = ""
    seen: tuple[str, ...] = ()
    requests: int = 0
    failed: int = 0
    lasted: float = 0
    repaired: float = 0
    problem: str = ""
    skipped: str = ""


@dataclass(frozen=True)
class Record:
    """What a run has done so far. `done` has the steps that are complete, with their durations in seconds.

    `file` is the absolute path of the template, empty for the smallest site, and `digest` the SHA-256 of what was asked
    for, by `digest_of`. `dollars` is the estimate that was confirmed. `left` is what the search after the deletion
    found, `tagged` what AWS lists by the run's tag, and may be gone.
    """

    stack: str
    region: str
    begun: str
    dollars: float
    file: str
    digest: str
    stack_id: str = ""
    done: Mapping[str, float] | None = None
    requests: tuple[Request, ...] = ()
    measured: tuple[Measured, ...] = ()
    failed: str = ""
    left: tuple[str, ...] | None = None
    tagged: tuple[str, ...] = ()

    def is_done(self, step: str) -> bool:
        """Return whether a step is complete."""
        return step in (self.done or {})

    def after(self, step: str, seconds: float) -> "Record":
        """Return the record with one more complete step."""
        return replace(self, done={**(self.done or {}), step: round(seconds, 1)})


def digest_of(template: Mapping[str, Any], parameters: Mapping[str, str]) -> str:
    """Return what tells a template with the values of its parameters from another one."""
    return hashlib.sha256(json.dumps([template, parameters], sort_keys=True, default=str).encode()).hexdigest()


def save(path: Path, record: Record) -> None:
    """Write a record, so that the run can be continued from it."""
    write_file(path, json.dumps(asdict(record), indent=2) + "\n")


def load(path: Path) -> Record | None:
    """Return the record of an earlier run, or None without one. Raises InvalidTemplateError if it is no record."""
    try:
        if not path.exists():
            return None
        return _record(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        found = f"can't be read ({error.strerror or error})"
        raise InvalidTemplateError([Problem(str(path), found, "give another --record")]) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        advice = "give another --record; what the run has deployed has its name in the stack's name"
        raise InvalidTemplateError([Problem(str(path), f"not the record of a run ({error})", advice)]) from error


def _record(stored: Mapping[str, Any]) -> Record:
    values = dict(stored)
    values["requests"] = tuple(Request(**each) for each in values["requests"])
    values["measured"] = tuple(Measured(**{**each, "seen": tuple(each["seen"])}) for each in values["measured"])
    values["left"] = None if values["left"] is None else tuple(values["left"])
    values["tagged"] = tuple(values["tagged"])
    record = Record(**values)
    for name in ("stack", "region", "begun", "file", "digest", "stack_id", "failed"):
        if not isinstance(getattr(record, name), str):
            raise TypeError(f"{name} is no text")
    done = dict(record.done or {})
    return replace(record, done={step: float(seconds) for step, seconds in done.items()})
