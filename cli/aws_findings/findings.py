"""The results of checks: findings with their path in the template, or what could not be checked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from resilient_website.problems import Problem


class Severity(StrEnum):
    """Error: the deployment would fail, or the site not work. Warning: deployable, but unwise."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding(Problem):
    """A finding: a problem (the path in the template, what was found, what to do), and its severity."""

    severity: Severity


@dataclass(frozen=True)
class Skipped:
    """A path that could not be checked, and why. Paths with the same reason are shown together."""

    path: str
    why: str


CheckResult: TypeAlias = Finding | Skipped


def error(path: str, found: str, fix: str) -> Finding:
    """Return a finding that would make the deployment fail, or the site not work."""
    return Finding(path, found, fix, Severity.ERROR)


def warning(path: str, found: str, fix: str) -> Finding:
    """Return a finding that is deployable, but unwise."""
    return Finding(path, found, fix, Severity.WARNING)


class Unavailable(Exception):  # noqa: N818  (the check reports it, and goes on)
    """A check lacks what it needs from AWS or the template. `path` is set if it differs from the check's own."""

    def __init__(self, why: str, path: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.path = path
