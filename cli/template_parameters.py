"""The option --parameter of commands that expand a template file as `sam deploy` would deploy it.

A parameter without the option has the value of samconfig.toml beside the template, if that has one.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from cli.options import parameters_option_with, problems_on_stderr
from cli.sam_config import FILE, sam_config
from resilient_website.problems import InvalidTemplateError, Problem

# The arguments that can be the template to deploy.
ARGUMENTS = ("file", "new")


def template_parameters_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --parameter, as its argument `parameters`, with the values of samconfig.toml as defaults."""

    @parameters_option_with(f"parameter_overrides in {FILE}, or the parameter's Default")
    @problems_on_stderr
    @wraps(command)
    def with_defaults(*args: Any, parameters: dict[str, str], **kwargs: Any) -> None:
        asked = click.get_current_context().params
        template = next((Path(asked[name]) for name in ARGUMENTS if name in asked), Path())
        defaults = _defaults(template, asked.get("config_env"), parameters) if template.is_file() else {}
        command(*args, parameters={**defaults, **parameters}, **kwargs)

    return with_defaults


def _defaults(template: Path, environment: str | None, given: Mapping[str, str]) -> dict[str, str]:
    """Return the values of samconfig.toml for parameters of a template that are not given; note their names.

    Like `sam deploy`, it leaves out those that the template does not declare.
    """
    path = template.parent / FILE
    configured = sam_config(template.parent, environment).parameter_overrides
    if not configured:
        return {}
    from cli.sam_overrides import overrides  # noqa: PLC0415  # few commands get here
    from cli.template_file import read_template  # noqa: PLC0415

    try:
        values = overrides(configured)
    except ValueError as error:
        advice = 'write a text such as "Name=Value Other=Value", a list of them, or a table'
        raise InvalidTemplateError([Problem(f"{path}: parameter_overrides", str(error), advice)]) from error
    declared = read_template(template).get("Parameters")
    names = declared if isinstance(declared, Mapping) else ()
    used = {name: value for name, value in values.items() if name in names and name not in given}
    if used:
        click.echo(f"{path}: parameter_overrides sets {', '.join(used)}; --parameter comes first", err=True)
    return used
