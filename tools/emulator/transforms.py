"""The transform step: every entry of a template's Transform in its order, macros by calling their functions.

Put in place of ministack's own step, which knows AWS's transforms only and lets every other name pass.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers  # type: ignore[import-not-found]

from tools.emulator import macros

Json = dict[str, Any]

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"

# "CloudFormation quotas": a template in S3, and the processed one too.
TEMPLATE_BYTES = 1_000_000


@dataclass
class Run:
    """What became of the transform step of one request."""

    may_expand: bool = True
    ran: bool = False
    template: Json = field(default_factory=dict)


_current: ContextVar[Run | None] = ContextVar("transform_run", default=None)


@contextmanager
def watched(*, may_expand: bool) -> Iterator[Run]:
    """Let the caller see, afterwards, whether macros were called; and forbid it without the capability."""
    run = Run(may_expand)
    token = _current.set(run)
    try:
        yield run
    finally:
        _current.reset(token)


def register() -> None:
    """Replace the step everywhere ministack imported it."""
    own_step = engine._apply_transforms

    def apply_transforms(template: Json, provided: Any = None, previous: Any = None) -> Json:
        entries = _entries(template)
        run = _current.get() or Run()
        run.template = template
        if not any(map(_is_macro, entries)):
            refused = _refused_by_language_extensions(template, entries)
            if refused:
                return _failed(template, refused)
            transformed: Json = own_step(template, provided, previous)
            return transformed
        if not run.may_expand:
            return _failed(template, "Requires capabilities : [CAPABILITY_AUTO_EXPAND]")
        try:
            values = _parameter_values(template, provided, previous)
        except ValueError as problem:
            return _failed(template, str(problem))
        run.ran = True
        try:
            return _apply(template, entries, values, lambda part: own_step(part, provided, previous))
        except macros.MacroError as problem:
            return _failed(template, str(problem))

    for module in (engine, handlers, changesets):
        module._apply_transforms = apply_transforms


def _apply(template: Json, entries: list[Any], values: Json, own_step: Callable[[Json], Json]) -> Json:
    """Return the template after every entry, in the order in which they are listed."""
    processed = {key: value for key, value in template.items() if key != "Transform"}
    for is_macro, group in groupby(entries, _is_macro):
        listed = list(group)
        if not is_macro:
            refused = _refused_by_language_extensions(processed, listed)
            if refused:
                raise macros.MacroError(refused)
            processed = own_step({**processed, "Transform": listed})
            if hasattr(processed, "error"):
                return processed
            continue
        for entry in listed:
            params = entry.get("Parameters", {}) if isinstance(entry, dict) else {}
            processed = macros.call(_name(entry), params, processed, values)
    processed = own_step(processed)
    if len(json.dumps(processed, separators=(",", ":"))) > TEMPLATE_BYTES:
        raise macros.MacroError("Transformation data limit exceeded")
    return processed


def _refused_by_language_extensions(template: Json, entries: list[Any]) -> str:
    """Return why AWS::LanguageExtensions fails, if it does: ministack's lets a policy pass that AWS's does not know.

    Source: cfn-language-discussion, issue 139.
    """
    if LANGUAGE_EXTENSIONS not in map(_name, entries):
        return ""
    policy = "RetainExceptOnCreate"
    for name, body in template.get("Resources", {}).items():
        if isinstance(body, dict) and body.get("DeletionPolicy") == policy:
            reason = f"Unrecognized DeletionPolicy {policy} for resource {name}"
            return f"Transform {LANGUAGE_EXTENSIONS} failed with: {reason}. Rollback requested by user."
    return ""


def _failed(template: Json, reason: str) -> Json:
    failed: Json = engine._TransformFailed(template, reason)
    return failed


def _entries(template: Json) -> list[Any]:
    declared = template.get("Transform")
    listed = declared if isinstance(declared, list) else [declared]
    return [entry for entry in listed if _name(entry)]


def _name(entry: Any) -> str:
    name = entry.get("Name") if isinstance(entry, dict) else entry
    return name if isinstance(name, str) else ""


def _is_macro(entry: Any) -> bool:
    return not _name(entry).startswith("AWS::")


def _parameter_values(template: Json, provided: Any, previous: Any) -> Json:
    """Return every parameter as it is evaluated: defaults in place, SSM names looked up, lists as lists."""
    resolved = engine._resolve_parameters(template, list(provided or []), previous)
    return {name: engine._rule_param_value(name, template["Parameters"][name], resolved) for name in resolved}
