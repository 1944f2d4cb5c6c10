"""Makes a flat template: the macro's own expansion, with the functions that it needs inside it.

Nothing else has to be there: no macro, no transform, no nested stack, no file beside the template. The resources are
those that the macro makes, so that a stack can be moved from one way to the other: only the functions' code changes.
"""

from collections.abc import Mapping
from typing import Any

from cli.flat.parameters import Consulted, settled
from cli.flat.prefix_lists import for_every_region
from cli.inline_code import Inside
from cli.json_walk import keys
from resilient_website.cloudformation import limits
from resilient_website.cloudformation.template_checks import LOOP
from resilient_website.expand import expansion
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.read_template import DEFAULT_MACRO, Deployment, read_sites

Json = dict[str, Any]


def flat_template(
    template: object, parameters: Mapping[str, Any], region: str, macro: str = DEFAULT_MACRO
) -> dict[str, Any]:
    """Return the template with every site expanded, and the code of their functions inside.

    `parameters` are the values of the template's parameters, `region` is where it will be deployed, `macro` the name
    that the template's Transform has for the macro. Raises InvalidTemplateError with every problem.
    """
    consulted = Consulted(parameters)
    read_sites(template, consulted, region, settled=False)
    made = expansion(template, Deployment(parameters, region, macro, Inside(), settled=False))
    expanded = settled(made, parameters, decisive=frozenset(consulted.names))
    _refuse_what_is_not_flat(expanded)
    flat = for_every_region(expanded, region)
    problems = limits.check(flat)
    if problems:
        raise InvalidTemplateError(problems)
    return flat


def _refuse_what_is_not_flat(template: Json) -> None:
    """Raise InvalidTemplateError if a template needs a transform or has a nested stack."""
    problems = []
    used = keys(template)
    if "Transform" in template or "Fn::Transform" in used:
        advice = "remove it, or deploy the template with the macro: a flat template has no transform"
        problems.append(Problem("Transform", "found another transform than the macro's own", advice))
    if any(key.startswith(LOOP) for key in used):
        advice = "write out the result: it needs a transform, and a flat template has none"
        problems.append(Problem("(template)", f"found a loop ({LOOP}...)", advice))
    problems += [
        Problem(f"Resources.{name}", "found a nested stack", "deploy it as a separate stack: a flat template has none")
        for name, body in template["Resources"].items()
        if isinstance(body, Mapping) and body.get("Type") == "AWS::CloudFormation::Stack"
    ]
    if problems:
        raise InvalidTemplateError(problems)
