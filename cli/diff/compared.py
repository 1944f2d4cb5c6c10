"""What `diff` compares: both templates, expanded for one Region, and the report on the update from OLD to NEW."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cli.analysis.costs.change import USUAL_TRAFFIC, CostChange
from cli.analysis.costs.estimate import estimate
from cli.analysis.costs.price_list import price_list
from cli.analysis.expanded import Expanded
from cli.analysis.updates.comparison import compare
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.halves import halves, notes
from cli.analysis.updates.restoring import restoring
from cli.analysis.updates.stack import Stack, loops, stack
from cli.analysis.updates.stores import store_changes
from cli.aws_session import AwsSettings
from cli.diff.report import Report
from cli.function_layer import code_after, code_in
from cli.template_source import Source, expanded
from resilient_website.functions.code import FunctionCode
from resilient_website.problems import InvalidTemplateError


@dataclass(frozen=True)
class NewTemplate:
    """The template NEW, with what its expansion needs: the given parameters, and the code of its functions."""

    source: Source
    parameters: Mapping[str, str]
    region: str
    code: FunctionCode | None

    def expanded(self) -> Expanded:
        """Return it expanded. Raises InvalidTemplateError."""
        return _expanded(self.source, self.parameters, self.region, self.code)

    def effects(self, old: Stack, template: dict[str, Any]) -> dict[str, Effect] | None:
        """Return the effects of an update to another template in its place; None if that can't be expanded."""
        try:
            tried = replace(self, source=replace(self.source, template=template)).expanded()
        except InvalidTemplateError:
            return None
        return {change.logical_id: change.effect for change in compare(old, _stack(tried), self.region)}


def compared(
    before: Source, after: Source, parameters: Mapping[str, str], old_parameters: Mapping[str, str], aws: AwsSettings
) -> tuple[Report, Stack]:
    """Return the report on an update, and the stack before it.

    `parameters` are those of NEW, and of OLD unless that is a deployed stack; `old_parameters` are OLD's where they
    differ. Raises InvalidTemplateError if a template can't be expanded.
    """
    region = aws.expansion_region
    # A compact template does not say where its functions' code is: assume the same as in the other template.
    code = code_in(before.template) or code_in(after.template)
    shared = {} if before.deployed_with else _declared(before, parameters)
    old = _expanded(before, {**shared, **old_parameters}, region, code)
    code = code_after(old.template, lambda: aws.regional_session.client("lambda")) if before.deployed else code
    template = NewTemplate(after, {**_declared(after, before.deployed_with), **parameters}, region, code)
    new = template.expanded()
    old_stack = _stack(old)
    changes = compare(old_stack, _stack(new), region)
    stores = store_changes(changes, old_stack)
    lost = {each.change.logical_id: each.change.effect for each in stores if not each.safe}
    restored = (
        restoring(before.template, after.template, lost, lambda tried: template.effects(old_stack, tried))
        if lost
        else {}
    )
    was, will_be = halves(before.template, old.parameters, region), halves(after.template, new.parameters, region)
    unknown = () if old == new else tuple(dict.fromkeys((*loops(old.template), *loops(new.template))))
    noted = notes(was, will_be, changes, region)
    return Report(changes, stores, unknown, restored, noted, _cost_change(old, new)), old_stack


def _expanded(source: Source, parameters: Mapping[str, str], region: str, code: FunctionCode | None) -> Expanded:
    template, values = expanded(source, parameters, region, code=code)
    return Expanded(template, region, values)


def _stack(made: Expanded) -> Stack:
    return stack(made.template, made.region, made.parameters)


def _declared(source: Source, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the parameters that a template declares."""
    declared = source.template.get("Parameters") or {}
    return {name: value for name, value in values.items() if name in declared}


def _cost_change(old: Expanded, new: Expanded) -> CostChange:
    """Return what an update changes in the cost."""
    prices = price_list()
    before, after = (
        estimate(each.template, each.region, each.parameters, prices, USUAL_TRAFFIC) for each in (old, new)
    )
    return CostChange(before, after, prices.as_of, prices.region)
