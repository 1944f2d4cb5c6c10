"""The options --region, --profile and --config-env, with one precedence in every command.

Without --region and the environment's variables, the Region is that of samconfig.toml beside the template (in the
working folder, for a command without a template), else the profile's.
"""

import os
import re
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from cli.aws_session import AwsSettings
from cli.options import assumed_region, given_region, problems_on_stderr
from cli.sam_config import sam_config

# Source: the names in "AWS Regions" of the AWS Regions and Availability Zones guide.
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")
REGION_FORM = "Regions look like eu-west-1"

# All are read by the AWS CLI or the SDKs; of each, the first that is set counts.
REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
PROFILE_VARIABLES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")

PRECEDENCE = "AWS_REGION, AWS_DEFAULT_REGION, samconfig.toml's region, the profile's region"


def known_region(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Refuse what can't be a Region's name, as wrong input and not as a command line that is not understood."""
    if value is not None and not REGION.fullmatch(value):
        refused = click.BadParameter(f"found {value!r}; {REGION_FORM}")
        refused.exit_code = 1
        raise refused
    return value


_config_env = click.option(
    "--config-env",
    metavar="NAME",
    help="The environment to read in samconfig.toml.  [default: default]",
)


def region_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that does not ask AWS --region, as its argument `region`: the Region to expand a template for."""

    @click.option(
        "--region",
        envvar=REGION_VARIABLES,
        callback=known_region,
        help=f"The Region to deploy to.  [default: {PRECEDENCE}, or us-east-1]",
    )
    @_config_env
    @problems_on_stderr
    @wraps(command)
    def with_region(*args: Any, region: str | None, config_env: str | None, **kwargs: Any) -> None:
        settings = _settings(None, region, config_env, kwargs)
        if settings.region is None:
            assumed_region(settings.expansion_region)
        command(*args, region=settings.expansion_region, **kwargs)

    return with_region


def aws_options(what: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return what gives a command that asks AWS --region (`what` says whose) and --profile, as one argument `aws`."""

    def with_options(command: Callable[..., None]) -> Callable[..., None]:
        @click.option(
            "--region",
            envvar=REGION_VARIABLES,
            callback=known_region,
            help=f"{what}  [default: {PRECEDENCE}]",
        )
        @click.option(
            "--profile",
            help="The AWS CLI profile to use.  [default: AWS_PROFILE, samconfig.toml's profile, or the default "
            "profile]",
        )
        @_config_env
        @problems_on_stderr
        @wraps(command)
        def with_settings(
            *args: Any, region: str | None, profile: str | None, config_env: str | None, **kwargs: Any
        ) -> None:
            command(*args, aws=_settings(profile, region, config_env, kwargs), **kwargs)

        return with_settings

    return with_options


def _settings(
    profile: str | None, region: str | None, config_env: str | None, arguments: Mapping[str, Any]
) -> AwsSettings:
    """Return where a command with these arguments asks or expands. Raises InvalidTemplateError, as `sam_config`."""
    config = sam_config(_folder(arguments), config_env)
    named = any(os.environ.get(name) for name in PROFILE_VARIABLES)
    settings = AwsSettings(profile or (None if named else config.profile), region or config.region)
    if settings.region:
        given_region(settings.region)
    return settings


def _folder(arguments: Mapping[str, Any]) -> Path:
    """Return the folder of a command's template: of two, the new one's; of several, the first one's."""
    files = arguments.get("files") or ()
    candidates = (arguments.get("file"), arguments.get("new"), arguments.get("old"), *files)
    return next((Path(name).parent for name in candidates if name and Path(name).is_file()), Path())
