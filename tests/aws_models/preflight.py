"""The rules of cdk-preflight: what services refuse when a stack is deployed. Its authors tried each on AWS.

The package has them as JavaScript, within npm's archive of it.
"""

import json
import re
import tarfile
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from cloudformation_validate import (
    EngineConfig,
    ExternalRuleSource,
    PseudoParameterOverrides,
    RegoEngine,
    Severity,
    TemplateContent,
    ValidateConfig,
)

from cli.analysis.creation.creation_times import creation_times
from tests.kept_by_run import kept_by_run

Json = dict[str, Any]

# Whatever a site has; a template with others gets an engine of its own.
TYPES_OF_SITES = frozenset(kind for row in creation_times().rows for kind in row.types)

# In each template that is judged: the Region that it is deployed to, for the rules that compare ARNs with it.
DEPLOY_REGION = "DeployRegion"
ENVIRONMENT = f"""\
deploy_region := input.resources.{DEPLOY_REGION}.properties.Region

deploy_account := "123456789012"
"""

HEADER = "package cdk_preflight\n\nimport rego.v1\n\n"
HEADERS = re.compile(r"^(?:package|import)\s.*\n", re.MULTILINE)
# A type of resources; what a rule calls the things it defines, at the beginning of a line and anywhere.
TYPES = re.compile(r"AWS::\w+::\w+")
DEFINED = re.compile(r"^(?:default )?(_pf_\w+)", re.MULTILINE)
WORDS = re.compile(r"_pf_\w+")
RULES = "package/lib/rules.generated.js"


def preflight_errors(template: Json, region: str = "us-east-1") -> tuple[str, ...]:
    """Return what the rules call an error, each with the rule's id."""
    types = frozenset(body["Type"] for body in template["Resources"].values())
    own = {DEPLOY_REGION: {"Type": "Custom::DeployRegion", "Properties": {"Region": region}}}
    text = json.dumps({**template, "Resources": {**template["Resources"], **own}})
    return _errors(text, region, TYPES_OF_SITES | types)


@cache
def _errors(template: str, region: str, types: frozenset[str]) -> tuple[str, ...]:
    """Return what the rules call an error. Kept: laws draw a site again, and many have the same stacks elsewhere."""
    where = PseudoParameterOverrides(region=region)
    config = ValidateConfig(disable_builtin_rules=True, pseudo_parameter_overrides=where)
    report = _engine(types).validate_template(TemplateContent(template), config)
    return tuple(
        f"{found.rule_id}: {found.message}"
        for found in report.diagnostics
        if found.severity in (Severity.ERROR, Severity.FATAL)
    )


@cache
def _engine(types: frozenset[str]) -> RegoEngine:
    """Return the engine with every rule for these types, for all Regions: it takes as long as ten templates.

    The workers of a run share the modules: to read all rules takes half as long again.
    """
    modules = kept_by_run(f"cdk-preflight for {sorted(types)}", lambda: json.dumps(_modules(types)).encode())
    sources = [ExternalRuleSource(name=name, content=content) for name, content in json.loads(modules).items()]
    return RegoEngine(EngineConfig(custom_rules=sources))


def _modules(types: frozenset[str]) -> dict[str, str]:
    """Return the text of every rule for these types, by module: those of a service in one, as fewer compile faster."""
    by_service: dict[str, list[str]] = {}
    for rule in _rules_for(types):
        by_service.setdefault(rule["service"], []).append(HEADERS.sub("", rule["rego"]))
    return {
        "_pf_deploy_environment": HEADER + ENVIRONMENT,
        **{each["name"]: each["rego"] for each in _array("BUNDLED_LIBS")},
        **{f"_pf_service_{name}": HEADER + "\n".join(bodies) for name, bodies in by_service.items()},
    }


def _rules_for(types: frozenset[str]) -> list[Json]:
    """Return the rules that are for one of these types, or have one in their text, and those that define their words.

    Two rules of three are for resources that no site has. They would look for them in every template.
    """
    rules = _array("BUNDLED_RULES")
    by_id = {rule["id"]: rule for rule in rules}
    defined: dict[str, list[str]] = {}
    for rule in rules:
        for word in DEFINED.findall(rule["rego"]):
            defined.setdefault(word, []).append(rule["id"])
    kept: set[str] = set()
    wanted = [rule["id"] for rule in rules if not types.union("*").isdisjoint(_types(rule))]
    while wanted:
        name = wanted.pop()
        if name not in kept:
            kept.add(name)
            wanted += [each for word in {*WORDS.findall(by_id[name]["rego"])} for each in defined.get(word, ())]
    return [rule for rule in rules if rule["id"] in kept]


def _types(rule: Json) -> set[str]:
    return {*rule["resourceTypes"], *TYPES.findall(rule["rego"])}


@cache
def _array(name: str) -> list[Json]:
    script = _script()
    start = script.index(f"exports.{name} = [") + len(f"exports.{name} = ")
    found: list[Json] = json.JSONDecoder().raw_decode(script, start)[0]
    return found


@cache
def _script() -> str:
    # The package itself is not imported: it needs Node.js, and the CDK.
    (archive,) = (path for path in metadata.files("cdk-preflight") or () if path.name.endswith(".jsii.tgz"))
    with tarfile.open(Path(str(archive.locate()))) as package:
        member = package.extractfile(RULES)
        assert member is not None, f"cdk-preflight has no {RULES} any more"
        return member.read().decode()
