"""The file that a half is created from, with Mode: Backups: nothing of it is in its Region before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.capabilities import capabilities
from cli.parameter_values import parameter_values
from cli.switch.compact import mode, restore_time, written
from cli.switch.half import Half
from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.secondary_region.spec import BACKUPS


@dataclass(frozen=True)
class SiteFile:
    """The body of the template in which the half's Region is the active one, the given parameters, and capabilities.

    `restore_time` is the time to which the database is restored, None for the latest one.
    """

    body: str
    parameters: Mapping[str, str]
    capabilities: tuple[str, ...]
    restore_time: str | None = None


def site_file(file: Path | None, parameters: Mapping[str, str], half: Half) -> SiteFile:
    """Return what the half is created from. Raises InvalidTemplateError if it can't be."""
    if file is None:
        advice = "give the site's file with --file (and its parameters with --parameter): the half is created from it"
        raise InvalidTemplateError([Problem(half.name, f"the stack {half.stack} is not created", advice)])
    template = read_template(file)
    found = mode(template, half)
    if found != BACKUPS:
        problem = f"{half.site} has {'no Secondary in a compact resource' if found is None else f'Mode: {found}'}"
        advice = f"only Mode: {BACKUPS} creates the half in a switch; deploy the file to {half.region} otherwise"
        raise InvalidTemplateError([Problem(str(file), problem, advice)])
    _refuse_missing(template, parameters, half)
    body = written(template, half, half.region)
    # What the macro refuses must not be found out when the servers are stopped.
    expand_template(json.loads(body), parameter_values(template, parameters), half.region)
    return SiteFile(body, parameters, tuple(capabilities(template)), restore_time(template, half))


def _refuse_missing(template: Mapping[str, Any], parameters: Mapping[str, str], half: Half) -> None:
    """Raise InvalidTemplateError for parameters without a value."""
    declared = template.get("Parameters") or {}
    missing = [name for name, body in declared.items() if "Default" not in body and name not in parameters]
    if missing:
        advice = f"give its value in {half.region}, as in --parameter {missing[0]}=VALUE"
        raise InvalidTemplateError([Problem(f"Parameters.{name}", "has no value", advice) for name in missing])
