"""No update of a site meets an order that AWS refuses unseen: every kind of edge has been judged, and refusals hold."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cli.analysis.updates.comparison import compare
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.resource_schemas import require
from cli.analysis.updates.service_refusals import CHECKS
from cli.template_file import read_template
from tests.diff.edges import Edge, edges, updates
from tests.diff.protection import blocked_by_update_protection
from tests.diff.stacks import REGION
from tools.repository import ROOT

Json = dict[str, Any]

EXAMPLES = ROOT / "examples"
JUDGED: Json = tomllib.loads(Path(__file__).with_name("edges.toml").read_text(encoding="utf-8"))
KINDS = {"in_place": "in place", "replaced": "replaced"}
VERDICTS = {
    (KINDS[kind], edge): (verdict, reason)
    for kind, verdicts in JUDGED.items()
    for verdict, judged in verdicts.items()
    for edge, reason in judged.items()
}


def verdict(edge: Edge) -> tuple[str, str]:
    return VERDICTS[edge.kind, f"{edge.place} <- {edge.target}"]


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.yaml")))
def test_every_edge_is_judged_and_what_is_refused_is_reported(name: str) -> None:
    unknown = set()
    for old, new in updates(read_template(EXAMPLES / f"{name}.yaml")):
        found = {change.logical_id: change for change in compare(old, new, REGION)}
        refused = {each for each, change in found.items() if change.effect is Effect.REFUSED}
        for edge, logical_id in edges(found, new):
            if (edge.kind, f"{edge.place} <- {edge.target}") not in VERDICTS:
                unknown.add(edge)
                continue
            judged, reason = verdict(edge)
            if judged == "refused":
                rows = {each.refusal.when for each in found[logical_id].properties if each.refusal is not None}
                assert reason in rows, (edge, logical_id)
            elif judged == "refused_elsewhere":
                assert refused or blocked_by_update_protection(old, new), (edge, logical_id)
    assert unknown == set()


def test_judgements_are_about_what_there_is() -> None:
    for (_, edge), (judged, reason) in VERDICTS.items():
        place, _, target = edge.partition(" <- ")
        kind, _, name = place.rpartition(".")
        if not kind.startswith("Custom::"):
            require(kind, (name,))
        assert "::" in target
        assert judged in ("allowed", "refused", "refused_elsewhere")
        assert judged != "refused" or reason in CHECKS
