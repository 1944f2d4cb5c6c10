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

Json = dict[str, Any]

HEADER = "package cdk_preflight\n\nimport rego.v1\n\n"
HEADERS = re.compile(r"^(?:package|import)\s.*\n", re.MULTILINE)
RULES = "package/lib/rules.generated.js"


def preflight_errors(template: Json, region: str = "us-east-1") -> list[str]:
    """Return what the rules call an error, each with the rule's id."""
    where = PseudoParameterOverrides(region=region)
    config = ValidateConfig(disable_builtin_rules=True, pseudo_parameter_overrides=where)
    report = _engine(region).validate_template(TemplateContent(json.dumps(template)), config)
    return [
        f"{found.rule_id}: {found.message}"
        for found in report.diagnostics
        if found.severity in (Severity.ERROR, Severity.FATAL)
    ]


@cache
def _engine(region: str) -> RegoEngine:
    """Return the engine with every rule, those of a service in one module: fewer compile faster."""
    where = f'deploy_region := "{region}"\n\ndeploy_account := "123456789012"\n'
    modules = [ExternalRuleSource(name="_pf_deploy_environment", content=HEADER + where)]
    modules += [ExternalRuleSource(name=each["name"], content=each["rego"]) for each in _array("BUNDLED_LIBS")]
    by_service: dict[str, list[str]] = {}
    for rule in _array("BUNDLED_RULES"):
        by_service.setdefault(rule["service"], []).append(HEADERS.sub("", rule["rego"]))
    modules += [
        ExternalRuleSource(name=f"_pf_service_{name}", content=HEADER + "\n".join(bodies))
        for name, bodies in by_service.items()
    ]
    return RegoEngine(EngineConfig(custom_rules=modules))


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
