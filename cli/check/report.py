"""The output of `check`: errors, warnings, what was not checked, and a summary; or JSON."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from cli.check.checks import Report
from cli.check.findings import Finding, Severity

COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def print_report(console: Console, report: Report, where: str) -> None:
    """Print a report; `where` is the account and the Region that were asked."""
    for finding in report.findings:
        console.print(_line(finding))
    for why, paths in grouped(report).items():
        console.print(Text.assemble(("not checked", "magenta"), f": {why}"))
        for path in paths:
            console.print(Padding(Text(path), (0, 0, 0, 4), expand=False))
    console.print(Text(_summary(report, where), style="bold"))


def report_json(report: Report, account: str, region: str) -> dict[str, Any]:
    """Return a report as JSON."""
    return {
        "ok": report.ok,
        "account": account,
        "region": region,
        "findings": [
            {"severity": each.severity.value, "path": each.path, "found": each.found, "fix": each.fix}
            for each in report.findings
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


def _line(finding: Finding) -> Text:
    word = finding.severity.value
    return Text.assemble(
        (word, COLORS[finding.severity]), "  ", (finding.path, "bold"), f": {finding.found}; ", finding.fix
    )


def _summary(report: Report, where: str) -> str:
    counts = {severity: sum(each.severity is severity for each in report.findings) for severity in Severity}
    parts = [f"{count} {severity}{'s' if count != 1 else ''}" for severity, count in counts.items() if count]
    unchecked = sum(map(len, grouped(report).values()))
    parts += [f"{unchecked} not checked"] if unchecked else []
    return f"{where}: {', '.join(parts) or 'nothing found'}."
