"""The output of `check`: errors, warnings, what was not checked, and a summary; or JSON."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from cli.aws_findings.findings import Finding, Severity
from cli.check.checks import Report
from cli.located_problems import LocatedProblem, Places, problem_json
from resilient_website.problems import Problem

COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def print_report(console: Console, report: Report, where: str, files: Places) -> None:
    """Print a report; `where` is the account and the Region that were asked, `files` has the places of findings."""
    for finding in report.findings:
        console.print(_line(finding, files.located(finding)))
    for why, paths in grouped(report).items():
        console.print(Text.assemble(("not checked", "magenta"), f": {why}"))
        for path in paths:
            console.print(Padding(Text(path), (0, 0, 0, 4), expand=False))
    console.print(Text(_summary(report, where), style="bold"))


def report_json(report: Report, account: str, region: str, files: Places) -> dict[str, Any]:
    """Return a report as JSON; `files` has the places of findings."""
    return {
        "ok": report.ok,
        "account": account,
        "region": region,
        "findings": [
            {"severity": each.severity.value, **problem_json(files.located(each))} for each in report.findings
        ],
        "notChecked": [{"why": why, "paths": paths} for why, paths in grouped(report).items()],
    }


def grouped(report: Report) -> Mapping[str, list[str]]:
    """Return the places that were not checked, by reason."""
    groups: dict[str, list[str]] = {}
    for each in report.not_checked:
        paths = groups.setdefault(each.why, [])
        if each.path not in paths:
            paths.append(each.path)
    return groups


def _line(finding: Finding, located: Problem) -> Text:
    word = finding.severity.value
    place = f"{located.place}: " if isinstance(located, LocatedProblem) else ""
    return Text.assemble(
        (word, COLORS[finding.severity]), "  ", place, (finding.path, "bold"), f": {finding.found}; ", finding.fix
    )


def _summary(report: Report, where: str) -> str:
    counts = {severity: sum(each.severity is severity for each in report.findings) for severity in Severity}
    parts = [f"{count} {severity}{'s' if count != 1 else ''}" for severity, count in counts.items() if count]
    unchecked = sum(map(len, grouped(report).values()))
    parts += [f"{unchecked} not checked"] if unchecked else []
    return f"{where}: {', '.join(parts) or 'nothing found'}."
