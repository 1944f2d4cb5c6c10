"""Logical ids mean nothing to the model: it goes by types and references."""

import json
import re
from typing import Any

import pytest

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.model import survey
from tests.availability.templates import Template, example


def renamed(template: Template) -> Template:
    """Return the template with meaningless logical ids."""
    names = {name: f"R{index:03}" for index, name in enumerate(sorted(template["Resources"]))}
    pattern = re.compile(r"(?<![A-Za-z0-9])(" + "|".join(sorted(names, key=len, reverse=True)) + r")(?![A-Za-z0-9])")
    other: Template = json.loads(pattern.sub(lambda match: names[match[1]], json.dumps(template)))
    return other


@pytest.mark.parametrize("name", ["with-domain", "load-balancer", "minimal", "two-sites"])
def test_logical_ids_mean_nothing(name: str) -> None:
    template = example(name)
    mine, theirs = survey(template), survey(renamed(template))
    assert "Site" not in json.dumps(sorted(renamed(template)["Resources"]))

    def outcomes(result: Any) -> list[tuple[str, str, list[tuple[Outcome, int | None]]]]:
        return sorted(
            (c.failure.name, c.visit.kind, [(p.reply.outcome, p.reply.status) for p in c.answer.phases])
            for c in result.cells
        )

    assert outcomes(mine) == outcomes(theirs)
