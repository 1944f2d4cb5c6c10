"""What an expanded site imports from the installer, as resources that can stand in the site's own template.

The installer's template.yaml stays the only place where functions, roles and permissions are written. It is AWS SAM,
which a flat template can't be: its functions become AWS::Lambda::Function here, with their code inline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launch.inline_code import inline_code
from launch.rewriting import rewritten
from launch.template_file import read_template
from resilient_website.references import references

Json = dict[str, Any]

TEMPLATE = Path(__file__).resolve().parent.parent / "template.yaml"

# What a function does not work without, though it does not name them: they name the function or its role.
COMPLETING = ("AWS::Lambda::Permission", "AWS::IAM::Policy")

# What tells people of a function's failures: of its log, of its invocations, and of what a filter counts.
WATCHING = ("AWS::Logs::MetricFilter", "AWS::CloudWatch::Alarm")

# Properties of AWS::Serverless::Function that say where its package is.
PACKAGE = ("CodeUri", "Handler")


# Whom the installer's alarms tell.
TELLS = {"Fn::If": ["HasAlarmEmail", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]}


@dataclass(frozen=True)
class Included:
    """What takes the installer's place in a template.

    `values` holds what stands where an export was imported, by the export's name without the macro's. `completing`
    holds, for each of them, the logical ids that have to be there before the value is used.
    """

    resources: Mapping[str, Json]
    values: Mapping[str, Any]
    completing: Mapping[str, tuple[str, ...]]


def include(exports: set[str], macro_name: Json, alarm_actions: Sequence[Any]) -> Included:
    """Return what these exports of the installer rest on, and the alarms on it.

    `macro_name` is a `Ref` that takes the place of the macro's name; `alarm_actions` are whom the alarms tell. The
    installer's other parameters get their default.
    """
    installer = read_template(TEMPLATE)
    defaults = {name: body["Default"] for name, body in installer["Parameters"].items()}
    known = {**defaults, "MacroName": macro_name}
    resources: Json = installer["Resources"]
    values = {name: value for name, value in _exported(installer).items() if name in exports}
    needed = {name: _needed(value, resources) for name, value in values.items()}
    kept = set().union(*(ids | completing for ids, completing in needed.values()))
    kept |= _watching(kept, resources)
    defined = {
        logical_id: _translated(logical_id, body, installer["Globals"]["Function"])
        for logical_id, body in resources.items()
        if logical_id in kept
    }
    return Included(
        resources=rewritten(defined, lambda value: _known(value, known, alarm_actions)),
        values=values,
        completing={name: tuple(sorted(completing)) for name, (_, completing) in needed.items()},
    )


def _exported(installer: Json) -> dict[str, Any]:
    """Return the installer's exported values by their export's name behind the macro's."""
    outputs = installer["Outputs"].values()
    return {
        output["Export"]["Name"]["Fn::Sub"].removeprefix("${MacroName}-"): output["Value"]
        for output in outputs
        if "Export" in output
    }


def _needed(value: Any, resources: Json) -> tuple[set[str], set[str]]:
    """Return the resources that a value names, by way of others too, and those that complete them."""
    named: set[str] = set()
    left = references(value) & set(resources)
    while left:
        named |= left
        left = set().union(*(references(resources[logical_id]) for logical_id in left)) & set(resources) - named
    completing = {
        logical_id for logical_id, body in resources.items() if body["Type"] in COMPLETING and references(body) & named
    }
    return named, completing


def _watching(kept: set[str], resources: Json) -> set[str]:
    """Return the filters and alarms on some resources; an alarm may name but the metric that a filter counts."""
    watching = {
        logical_id for logical_id, body in resources.items() if body["Type"] in WATCHING and references(body) & kept
    }
    counted = [
        transformation["MetricName"]
        for logical_id in watching
        for transformation in resources[logical_id]["Properties"].get("MetricTransformations", [])
    ]
    return watching | {
        logical_id
        for logical_id, body in resources.items()
        if body["Type"] in WATCHING and body["Properties"].get("MetricName") in counted
    }


def _translated(logical_id: str, body: Json, common: Json) -> Json:
    """Return a function of AWS SAM as CloudFormation's own, and any other resource as it is."""
    if body["Type"] != "AWS::Serverless::Function":
        return body
    own = body["Properties"]
    properties = {name: value for name, value in {**common, **own}.items() if name not in PACKAGE}
    properties["LoggingConfig"] = {**common.get("LoggingConfig", {}), **own.get("LoggingConfig", {})}
    code = inline_code(logical_id, own["Handler"], own["Description"])
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {**properties, "Handler": "index.handler", "Code": {"ZipFile": code}},
    }


def _known(value: Json, parameters: Mapping[str, Any], alarm_actions: Sequence[Any]) -> Any:
    """Return what a reference to one of the installer's parameters or to its alarms' topic becomes; else the value."""
    if value == TELLS:
        return list(alarm_actions) or {"Ref": "AWS::NoValue"}
    if value.keys() == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
        # Of metrics, whose names may have no colon, as a stack's id has. Source: "PutMetricFilter" in the CloudWatch
        # Logs API Reference. A stack's name is as unique in its account and Region as they are.
        return {"Fn::Sub": value["Fn::Sub"].replace("${MacroName}", "${AWS::StackName}")}
    return parameters[value["Ref"]] if len(value) == 1 and value.get("Ref") in parameters else value
