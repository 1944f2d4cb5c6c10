"""Makes a flat template: the macro's own expansion, with the functions that it needs inside it.

Nothing else has to be there: no macro, no transform, no nested stack, no file beside the template. The site's resources
have the logical ids that the macro gives them, so that a stack can be moved from one way to the other; only custom
resources get another (see FLAT).
"""

from collections.abc import Mapping
from typing import Any

from launch.flat_parameters import Consulted, settled
from launch.installer import Included, include
from launch.permissions import narrowed
from launch.prefix_lists import for_every_region
from launch.renaming import renamed
from launch.rewriting import found, rewritten
from resilient_website import limits
from resilient_website.expand import DEFAULT_MACRO, expand_template
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.resource_checks import LOOP
from resilient_website.tags import MACRO_TAG

Json = dict[str, Any]

# What stands for the macro's name in a flat template: the tag by which functions know their own sites, and the roles'
# conditions on it. A stack's id is nobody else's, so that the functions of two flat stacks, and those of an installed
# macro, stay off each other's sites. A tag's value takes it: at most 256 of letters, digits and + - = . _ : / @.
STACK = {"Ref": "AWS::StackId"}

# Behind the logical id of a custom resource. CloudFormation takes no other ServiceToken for one that exists ("Updates
# are not supported", in the reference of AWS::CloudFormation::CustomResource), so another function needs another id.
FLAT = "Flat"


def flat_template(
    template: object, parameters: Mapping[str, Any], region: str, macro: str = DEFAULT_MACRO
) -> dict[str, Any]:
    """Return the template with every site expanded, and everything in it that the installer would have brought.

    `parameters` are the values of the template's parameters, `region` is where it will be deployed, `macro` the name
    that the template's Transform has for the macro. Raises InvalidTemplateError with every problem.
    """
    consulted = Consulted(parameters)
    expanded = expand_template(template, consulted, region, macro)
    expanded = settled(expanded, parameters, decisive=frozenset(consulted.names))
    _refuse_what_is_not_flat(expanded)
    included = include(_imports(expanded, macro), STACK, _alarm_actions(template, expanded))
    flat = for_every_region(_with_functions(expanded, included, macro), region)
    problems = limits.check(flat)
    if problems:
        raise InvalidTemplateError(problems)
    return flat


def _refuse_what_is_not_flat(template: Json) -> None:
    problems = []
    if "Transform" in template or found(template, lambda value: "Fn::Transform" in value):
        advice = "take it out, or deploy the template by the macro: a flat template has no transform"
        problems.append(Problem("Transform", "found another transform than the macro's own", advice))
    if found(template, lambda value: any(key.startswith(LOOP) for key in value)):
        advice = "write out what it gives: it needs a transform, and a flat template has none"
        problems.append(Problem("(template)", f"found a loop ({LOOP}...)", advice))
    problems += [
        Problem(
            f"Resources.{name}", "found a nested stack", "deploy it as a stack of its own: a flat template has none"
        )
        for name, body in template["Resources"].items()
        if isinstance(body, Mapping) and body.get("Type") == "AWS::CloudFormation::Stack"
    ]
    if problems:
        raise InvalidTemplateError(problems)


def _alarm_actions(compact: Any, expanded: Json) -> list[Any]:
    """Return whom the sites' own alarms tell; not those of a site that is there under a condition only."""
    site = [body for name, body in expanded["Resources"].items() if name not in compact["Resources"]]
    alarms = [body for body in site if body["Type"] == "AWS::CloudWatch::Alarm" and "Condition" not in body]
    actions = [action for body in alarms for action in body["Properties"].get("AlarmActions", [])]
    return [action for place, action in enumerate(actions) if action not in actions[:place]]


def _imports(template: Json, macro: str) -> set[str]:
    """Return the names of the installer's exports that a template imports."""
    calls = found(template, lambda value: _import(value, macro) is not None)
    return {str(_import(call, macro)) for call in calls}


def _import(value: Json, macro: str) -> str | None:
    """Return the name of the export that a map imports from the installer; None if it does no such thing."""
    name = value.get("Fn::ImportValue")
    return name.removeprefix(f"{macro}-") if isinstance(name, str) and name.startswith(f"{macro}-") else None


def _with_functions(template: Json, included: Included, macro: str) -> Json:
    """Return the template with the included resources, and with references to them in the place of imports."""
    site: Json = template["Resources"]
    taken = [name for name in included.resources if name in site]
    if taken:
        raise InvalidTemplateError(
            Problem(f"Resources.{name}", "found a resource by the name of one that the functions need", "rename it")
            for name in taken
        )

    def own(value: Json) -> Any:
        export = _import(value, macro)
        if export is not None:
            return included.values[export]
        return {**value, "Value": STACK} if value.get("Key") == MACRO_TAG else value

    waiting = {name: _waiting(body, included, macro) for name, body in site.items()}
    custom = {name: name + FLAT for name, body in site.items() if _import(_service_token(body), macro) is not None}
    resources = renamed(rewritten(waiting, own), custom)
    rest = renamed(rewritten({key: value for key, value in template.items() if key != "Resources"}, own), custom)
    return {**rest, "Resources": {**resources, **narrowed(included.resources, resources)}}


def _service_token(body: Json) -> Json:
    token = body.get("Properties", {}).get("ServiceToken")
    return token if isinstance(token, dict) else {}


def _waiting(body: Json, included: Included, macro: str) -> Json:
    """Return a resource that waits for what completes the functions that it uses, and so outlives none of them."""
    awaited = {name for export in _imports(body, macro) for name in included.completing[export]}
    if not awaited:
        return body
    own = body.get("DependsOn", [])
    return {**body, "DependsOn": [*([own] if isinstance(own, str) else own), *sorted(awaited)]}
