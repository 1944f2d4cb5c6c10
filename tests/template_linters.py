"""Who judges templates beside the tests themselves."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.decode.mark import Mark
from cfnlint.decode.node import dict_node, list_node, str_node
from cfnlint.match import Match
from cfnlint.rules import CloudFormationLintRule, Rules
from cfnlint.runner import Runner, run_template_by_data
from cloudformation_validate import RegoEngine, Severity, ValidateConfig

from resilient_website.cloudformation.references import depends_on, references
from resilient_website.facts.regions import ENABLED
from tests.kept_by_linter import keeping

Json = dict[str, Any]

# The linter's rule of the template's schema, which calls the rules of each value in it: nearly all of its time.
SCHEMA = "E1001"

# Its rule that calls those of a value.
OF_VALUES = "E1101"

# The sections that are judged by their entries.
ENTRIES = ("Resources", "Outputs")

# In an entry's JSON, what takes something from sections other than these and the parameters.
OF_OTHER_SECTIONS = ('"Condition"', '"Fn::If"', '"Fn::FindInMap"')

# Of what a value refers to, the linter's rules look at the type only; but for these types' rules, which look further:
# E3049 of ECS services, and E3673 of instances.
LOOKING_FURTHER = ("AWS::ECS::Service", "AWS::EC2::Instance")

# The Regions for which the linter found nothing in an entry, by what its judgement depends on.
_CLEAN: dict[str, list[frozenset[str]]] = defaultdict(list)

# An entry of a section: the section and the entry's name; None for all other sections together.
Entry = tuple[str, str] | None


class LinterRules(NamedTuple):
    """The linter's rules: all, those that look at a whole template by themselves, and those that its schema calls."""

    all: Rules
    of_templates: Rules
    of_schema: Rules


def linter_findings(template: Json | str, regions: Iterable[str]) -> list[Match]:
    """Return what cfn-lint finds in a template, or in its text, for Regions.

    The templates that a worker judges have most of their resources in common, and each takes the linter 15
    milliseconds. So it judges a resource once, for all Regions, which takes no longer than one; it judges it again
    where the resource refers to other types. As soon as it finds anything, it judges the template as a whole.
    """
    wanted = frozenset(regions)
    if isinstance(template, dict) and _is_clean(_numbered(template, count()), wanted):
        return []
    parsed, errors = decode_str(template if isinstance(template, str) else json.dumps(template))
    if errors:
        return list(errors)
    assert parsed, "a template without anything in it"
    if isinstance(template, str) and _is_clean(parsed, wanted):
        return []
    return _lint(parsed, wanted, linter_rules().all)


def _numbered(value: Any, numbers: Iterator[int]) -> Any:
    """Return a part of a template as the linter reads it, with numbers for lines, by which it tells findings apart.

    To write a template and to have it read takes five times as long. What is found is reported with its lines.
    """
    node: Any
    if isinstance(value, str):
        node = str.__new__(str_node, value)
    elif isinstance(value, dict):
        node = dict.__new__(dict_node)
        node.update({_numbered(key, numbers): _numbered(inner, numbers) for key, inner in value.items()})
        node.using_merge = False
    elif isinstance(value, list | tuple):
        node = list.__new__(list_node)
        node.extend(_numbered(inner, numbers) for inner in value)
    else:
        return value
    # What its class does itself, in three times the time.
    node.start_mark = node.end_mark = Mark(next(numbers), 0)
    return node


def _can_be_taken_apart(template: Json) -> bool:
    """Tell whether each resource can be judged by itself. A transform makes others of them."""
    types = [body.get("Type") for body in template.get("Resources", {}).values()]
    return bool(types) and "Transform" not in template and not any(kind in LOOKING_FURTHER for kind in types)


def _is_clean(template: Json, regions: frozenset[str]) -> bool:
    """Tell whether the linter finds nothing in a parsed template, without judging again what was judged before."""
    if not _can_be_taken_apart(template) or _lint(template, regions, linter_rules().of_templates):
        return False
    keys: dict[Entry, str] = {
        (section, name): _key(body, name, template)
        for section in ENTRIES
        for name, body in template.get(section, {}).items()
    }
    keys[None] = json.dumps({section: body for section, body in template.items() if section not in ENTRIES})
    return any(_is_schema_met(template, keys, wider) for wider in (regions.union(ENABLED), regions))


def _is_schema_met(template: Json, keys: dict[Entry, str], regions: frozenset[str]) -> bool:
    """Tell whether the linter finds nothing in the new entries of a parsed template."""
    new = {entry for entry, key in keys.items() if not any(regions <= clean for clean in _CLEAN[key])}
    if not new:
        return True
    found = {_entry(match, new) for match in _lint(_part(template, new), regions, linter_rules().of_schema)}
    # A finding elsewhere, as in a parameter, may be due to any of the new entries.
    if None in found:
        return False
    for entry in new - found:
        _CLEAN[keys[entry]].append(regions)
    return found.isdisjoint(new)


def _lint(template: Json, regions: Iterable[str], rules: Rules) -> list[Match]:
    """Return what some of cfn-lint's rules find in a parsed template.

    This is `cfnlint.api.lint`, but for the rules: that reads all of them for every template, cfn-lint's own command
    line once for all of its templates, as this does.
    """
    with keeping(linter_rules().all[OF_VALUES]):
        return list(run_template_by_data(template, ConfigMixIn(regions=sorted(regions)), rules))


def _key(body: Json, name: str, template: Json) -> str:
    """Return what the judgement of an entry depends on: its body, what it refers to, its conditions, and mappings."""
    resources, parameters = template["Resources"], template.get("Parameters", {})
    named = {each: _outside(resources[each]) if each in resources else parameters.get(each) for each in _named(body)}
    text = json.dumps([name, body, named])
    if not any(function in text for function in OF_OTHER_SECTIONS):
        return text
    return text + _of_other_sections(text, template)


def _of_other_sections(text: str, template: Json) -> str:
    """Return the conditions that an entry names, the conditions and parameters that these name, mappings and rules."""
    found: Json = {section: template.get(section) for section in ("Mappings", "Rules")}
    names = text + json.dumps(found)
    for section in ("Conditions", "Parameters"):
        others = dict(template.get(section, {}))
        while named := [name for name in others if f'"{name}"' in names]:
            found |= {f"{section}.{name}": others.pop(name) for name in named}
            names += json.dumps(found)
    return json.dumps(found)


def _named(body: Json) -> list[str]:
    """Return the logical ids and parameters that an entry refers to, anywhere in it."""
    return sorted({*references(body), *depends_on(body)})


def _outside(resource: Json) -> Json:
    """Return what the linter looks at in a resource that another one refers to."""
    return {key: resource[key] for key in ("Type", "Condition") if key in resource}


def _part(template: Json, entries: Iterable[Entry]) -> Json:
    """Return a template with these of its entries, and with the types of the resources that they refer to."""
    wanted = [(section, name, template[section][name]) for section, name in filter(None, entries)]
    named = {each for _, _, body in wanted for each in _named(body)}
    resources = {name: _outside(body) for name, body in template["Resources"].items() if name in named or not named}
    part: Json = {"Resources": resources, "Outputs": {}}
    for section, name, body in wanted:
        part[section][name] = body
    others = {section: body for section, body in template.items() if section not in ENTRIES}
    return {**others, **{section: body for section, body in part.items() if body}}


def _entry(found: Match, new: Collection[Entry]) -> Entry:
    """Return the new entry in which something was found, or the resource that is there by its type; None for others.

    Of what is there by its type, properties are missing, which says nothing.
    """
    match getattr(found, "path", None):
        case [section, name, *_] if (section, name) in new:
            return section, name
        case ["Resources", name] | ["Resources", name, "Properties"]:
            return "Resources", name
    return None


@cache
def linter_rules() -> LinterRules:
    """Return the linter's own rules, which a worker reads once."""
    rules: Rules = Runner(ConfigMixIn()).rules
    return LinterRules(
        rules,
        Rules({name: rule for name, rule in rules.items() if name != SCHEMA and _is_of_templates(rule)}),
        Rules({name: rule for name, rule in rules.items() if name == SCHEMA or not _judges_templates(rule)}),
    )


def _is_of_templates(rule: CloudFormationLintRule) -> bool:
    """Tell whether a rule judges templates by itself, or reports errors: the linter asks each for each resource."""
    return _judges_templates(rule) or rule.id.startswith("E0")


def _judges_templates(rule: CloudFormationLintRule) -> bool:
    plain, own = CloudFormationLintRule, type(rule)
    return own.match is not plain.match or own.match_resource_properties is not plain.match_resource_properties


def validator_errors(template: Json, folder: Path) -> list[str]:
    """Return what cloudformation-validate calls an error."""
    path = folder / "template.json"
    path.write_text(json.dumps(template))
    # What it says besides errors takes a quarter of the time.
    report = _engine().validate_template(str(path), ValidateConfig(severity_level=Severity.ERROR))
    assert report.metadata.resources_scanned == len(template["Resources"])
    assert report.metadata.rules_evaluated
    return [d.message for d in report.diagnostics]


@cache
def _engine() -> RegoEngine:
    """Return the one engine of a worker: each takes a second, and memory that it does not give back."""
    return RegoEngine()
