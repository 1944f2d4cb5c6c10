"""What a check tells: a finding with its place in the template, or what could not be checked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from resilient_website.problems import Problem


class Severity(StrEnum):
    """How grave a finding is: an error lets the deployment fail, or the site not work; a warning is unwise."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing to look at: where it is in the template, what was found, what to do, and how grave it is."""

    path: str
    found: str
    fix: str
    severity: Severity

    def __str__(self) -> str:
        return str(Problem(self.path, self.found, self.fix))


@dataclass(frozen=True)
class Skipped:
    """A place that could not be checked, and why. What has the same reason is shown together."""

    path: str
    why: str


CheckResult: TypeAlias = Finding | Skipped


def error(path: str, found: str, fix: str) -> Finding:
    """Return a finding that lets the deployment fail, or the site not work."""
    return Finding(path, found, fix, Severity.ERROR)


def warning(path: str, found: str, fix: str) -> Finding:
    """Return a finding that is unwise."""
    return Finding(path, found, fix, Severity.WARNING)


class Unavailable(Exception):  # noqa: N818  (no error: the check says what it could not do)
    """AWS, or the template, does not say what a check needs. `path` is set where the place is not the check's own."""

    def __init__(self, why: str, path: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.path = path
