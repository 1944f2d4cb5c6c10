"""The answers: which resources of an expanded template show what a question asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

from cli.analysis.availability.resources import Resources
from cli.analysis.well_architected.questions import Check, Question


@dataclass(frozen=True)
class Finding:
    """A check, and the logical ids of the resources that show it; none if the template does not."""

    text: str
    resources: tuple[str, ...]


@dataclass(frozen=True)
class QuestionAnswer:
    """A question with the findings of its checks; without any if a template can't answer it."""

    question: Question
    findings: tuple[Finding, ...]

    @property
    def found(self) -> tuple[Finding, ...]:
        """What the template shows."""
        return tuple(finding for finding in self.findings if finding.resources)

    @property
    def missing(self) -> tuple[str, ...]:
        """What it does not show."""
        return tuple(finding.text for finding in self.findings if not finding.resources)


def answers(resources: Resources, asked: Iterable[Question]) -> tuple[QuestionAnswer, ...]:
    """Return the answer to each question."""
    return tuple(
        QuestionAnswer(question, tuple(_finding(resources, check) for check in question.checks)) for question in asked
    )


def _finding(resources: Resources, check: Check) -> Finding:
    shown = [
        name
        for name, resource in resources.held.items()
        if check.is_met(resource) and (not check.elsewhere or name in resources.other_regions)
    ]
    return Finding(check.text, tuple(shown))
