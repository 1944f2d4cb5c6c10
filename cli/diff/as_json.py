"""The output of `diff --json`: all that is known about an update."""

from typing import Any

from cli.analysis.costs.change import CostChange
from cli.analysis.updates.comparison import Change
from cli.analysis.updates.differences import ABSENT, Difference
from cli.analysis.updates.reboots import reboots
from cli.analysis.updates.refusal import Refusal
from cli.analysis.updates.shortened import path_text
from cli.analysis.updates.traffic_impact import interrupted_traffic
from cli.diff.report import WORDS, Report, advice_text


def report_json(report: Report) -> dict[str, Any]:
    """Return all that is known, as JSON."""
    return {
        "safe": report.safe,
        "refused": report.refused,
        "unknown": list(report.unknown),
        "stores": [
            {
                "logicalId": store.change.logical_id,
                "kind": store.noun,
                "effect": WORDS[store.change.effect],
                "data": store.outcome.name.lower(),
                "safe": store.safe,
                "instead": advice_text(report, store),
            }
            for store in report.stores
        ],
        "visitors": interrupted_traffic(report.changes),
        "reboots": reboots(report.changes),
        "copies": list(report.halves),
        "costPerMonth": _cost_json(report.cost) if report.cost else None,
        "resources": [_change_json(change) for change in report.changes],
    }


def _cost_json(cost: CostChange) -> dict[str, Any]:
    return {
        "before": round(cost.before.total.expected, 2),
        "after": round(cost.after.total.expected, 2),
        "withoutPrice": list(cost.without_price),
        "currency": "USD",
        "pricesAsOf": cost.as_of,
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "logicalId": change.logical_id,
        "type": change.type,
        "effect": WORDS[change.effect],
        "deletedFirst": change.deletes_first,
        "properties": [
            {
                **_difference_json(each.difference),
                "effect": WORDS[each.effect],
                **({"because": each.caused_by} if each.caused_by else {}),
                **({"refusal": _refusal_json(each.refusal)} if each.refusal else {}),
            }
            for each in change.properties
        ],
        "attributes": [_difference_json(each) for each in change.attributes],
    }


def _refusal_json(refusal: Refusal) -> dict[str, str]:
    return {"why": refusal.why, "instead": refusal.instead, "source": refusal.source}


def _difference_json(difference: Difference) -> dict[str, Any]:
    values = {name: value for name, value in (("old", difference.old), ("new", difference.new)) if value is not ABSENT}
    return {"path": path_text(difference.path), **values}
