"""What a roll-out costs, or changes in the cost: of each stack, and of all stacks in the targets."""

from collections.abc import Mapping
from typing import Any

from cli.analysis.costs.change import USUAL_TRAFFIC, CostChange
from cli.analysis.costs.estimate import Estimate, estimate
from cli.analysis.costs.price_list import price_list
from cli.parameter_values import parameter_values
from cli.stackset.plan import plain, wanted
from cli.stackset.roll_out import Checked
from resilient_website.problems import InvalidTemplateError


def cost_text(checked: Checked) -> str | None:
    """Return the cost in words; None if nothing that has a price changes, or the present template can't be read.

    The parameters have the stack set's own values: those of single accounts do not count.
    """
    request, prices = checked.request, price_list()
    region = request.targets.regions[0] if request.targets.regions else prices.region
    stacks = len(wanted(request, checked.accounts))
    before = {} if checked.found is None else plain(checked.found.definition.get("TemplateBody", "")) or {}
    kept = checked.found.parameters() if checked.found else {}
    try:
        after = _estimate(request.template, {**kept, **request.parameters}, region)
        change = CostChange(_estimate(before, kept, region), after, prices.as_of, prices.region)
    except InvalidTemplateError:
        return None
    if change.text is None:
        return None
    if change.without_price:
        return f"Cost of each stack: {change.text}"
    return f"Cost of each stack: {change.text}; {change.more * stacks:+,.2f} for {stacks} in the targets"


def _estimate(template: Mapping[str, Any], values: Mapping[str, str], region: str) -> Estimate:
    declared = template.get("Parameters") or {}
    known = parameter_values(template, {name: value for name, value in values.items() if name in declared})
    return estimate(template, region, known, price_list(), USUAL_TRAFFIC)
