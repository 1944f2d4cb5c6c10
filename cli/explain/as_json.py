"""The figures of the report that no other command prints, as JSON."""

from dataclasses import asdict
from typing import Any

from cli.analysis.costs.property_costs import PropertyCost
from cli.analysis.costs.variants import PricedVariant
from cli.analysis.creation.creation_times import Span
from cli.analysis.creation.schedule import Schedule, Step
from cli.analysis.service_levels.composed import Composed, HostUptime
from cli.analysis.well_architected.answers import QuestionAnswer
from cli.explain.report import Report


def as_json(made: Report) -> dict[str, Any]:
    """Return the report's figures with names in camelCase."""
    return {
        "title": made.title,
        "region": made.region,
        "resources": made.resources,
        "deployment": _deployment(made.creation),
        "uptime": {
            "promisesAsOf": made.levels.as_of,
            "hosts": [_host(host) for host in made.uptimes],
        },
        "propertyCosts": [_property(cost) for cost in made.property_costs],
        "variants": [_variant(priced) for priced in made.variants],
        "wellArchitected": [_question(answer) for answer in made.well_architected],
    }


def _property(cost: PropertyCost) -> dict[str, Any]:
    return {"site": cost.site, "property": cost.property, "dollarsPerMonth": round(cost.dollars, 2)}


def _variant(priced: PricedVariant) -> dict[str, Any]:
    return {
        "site": priced.site,
        "property": ".".join(priced.variant.path),
        "value": priced.variant.value,
        "dollarsPerMonth": round(priced.dollars, 2),
        "givesUp": priced.variant.gives_up or None,
        "gains": priced.variant.gains or None,
    }


def _question(answer: QuestionAnswer) -> dict[str, Any]:
    return {
        "id": answer.question.id,
        "title": answer.question.title,
        "found": {finding.text: list(finding.resources) for finding in answer.found},
        "notFound": list(answer.missing),
        "notVisible": answer.question.not_visible or None,
    }


def _host(host: HostUptime) -> dict[str, Any]:
    return {
        "addresses": list(host.addresses),
        "dynamicPages": _uptime(host.dynamic),
        "anyPage": _uptime(host.any),
    }


def _uptime(made: Composed) -> dict[str, Any]:
    return {
        "percent": round(100 * made.uptime, 4),
        "minutesDownPerMonth": round(made.minutes_down, 1),
        "formula": made.formula,
    }


def _deployment(made: Schedule) -> dict[str, Any]:
    return {
        "timesAsOf": made.as_of,
        "seconds": _seconds(made.total),
        "criticalPath": list(made.critical),
        "criticalPathRestsOn": dict(made.rests_on),
        "withoutTime": list(made.unlisted),
        "resources": {name: _step(step) for name, step in made.steps.items()},
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "type": step.type,
        "seconds": _seconds(step.span),
        "start": step.start,
        "end": step.end,
        "basis": step.time.basis,
        "reason": step.time.reason or None,
        "sources": [asdict(source) for source in step.time.sources],
        "dependsOn": sorted(step.waits.named),
        "refersTo": sorted(step.waits.referred),
    }


def _seconds(span: Span) -> dict[str, int]:
    return {"low": span.low, "expected": span.expected, "high": span.high}
