"""Options that several commands share, and how commands show problems and JSON."""

import errno
import json
import re
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from cli.aws_session import AwsSettings
from resilient_website.functions.code import FunctionCode, Layer
from resilient_website.handler import TOO_DEEP
from resilient_website.problems import InvalidTemplateError, Problem

# The exit status of a command that was interrupted, as shells have it: 128 and the signal's number.
INTERRUPTED = 130

# Source: the names in "AWS Regions" of the AWS Regions and Availability Zones guide.
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")

# Both are read by the AWS CLI or the SDKs; the first that is set counts.
REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")

# Source: "Layers" in the reference of AWS::Lambda::Function.
LAYER = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:layer:[A-Za-z0-9_-]+:[0-9]+")

# Errors of a full disk.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def problems_on_stderr(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command show every problem of its input, and of its output, one per line, and exit with status 1."""

    @wraps(command)
    def shown(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except InvalidTemplateError as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
            sys.exit(1)
        except RecursionError:
            click.echo(TOO_DEEP, err=True)
            sys.exit(1)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            advice = "free some space, or write elsewhere"
            click.echo(str(Problem("(output)", f"can't be written ({error.strerror or error})", advice)), err=True)
            sys.exit(1)

    return shown


def name_and_value(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Return the values of an option that takes NAME=VALUE and is repeatable."""
    pairs = [value.partition("=") for value in values]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise click.BadParameter(f"{name!r} is not NAME=VALUE")
    return {name: value for name, _, value in pairs}


def known_region(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Refuse what can't be a Region's name, as wrong input and not as a command line that is not understood."""
    if value is not None and not REGION.fullmatch(value):
        refused = click.BadParameter(f"found {value!r}; Regions look like eu-west-1")
        refused.exit_code = 1
        raise refused
    return value


def expansion_region(context: click.Context, option: click.Parameter, value: str | None) -> str:
    """Return the Region of --region or the environment, else the profile's, else the default."""
    return AwsSettings(given_region=known_region(context, option, value)).expansion_region


def function_code(_context: click.Context, _option: click.Parameter, value: str | None) -> FunctionCode:
    """Return the layer with an ARN; without one, the code to put into the template."""
    from cli.inline_code import Inside  # noqa: PLC0415  # it reads the functions' sources

    if value is None:
        return Inside()
    if not LAYER.fullmatch(value):
        refused = click.BadParameter(
            f"found {value!r}; write the ARN of a layer's version, as in the installer's output FunctionsLayerArn"
        )
        refused.exit_code = 1
        raise refused
    return Layer(value)


def comma_separated(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the entries of an option that takes a comma-separated list."""
    return tuple(entry.strip() for entry in (value or "").split(",") if entry.strip())


parameters_option = click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    callback=name_and_value,
    help="The value of one of the template's parameters. Repeatable.  [default: the parameter's Default]",
)

# The Region in which a template is expanded, for commands that do not ask AWS.
region_option = click.option(
    "--region",
    envvar=REGION_VARIABLES,
    callback=expansion_region,
    help="The Region to deploy to.  [default: AWS_REGION, AWS_DEFAULT_REGION, the profile's region, or us-east-1]",
)


def aws_options(what: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return what gives a command that asks AWS --region (`what` says whose) and --profile, as one argument `aws`."""

    def with_options(command: Callable[..., None]) -> Callable[..., None]:
        @click.option(
            "--region",
            envvar=REGION_VARIABLES,
            callback=known_region,
            help=f"{what}  [default: AWS_REGION, AWS_DEFAULT_REGION, or the profile's region]",
        )
        @click.option("--profile", help="The AWS CLI profile to use.  [default: AWS_PROFILE, or the default profile]")
        @wraps(command)
        def with_settings(*args: Any, region: str | None, profile: str | None, **kwargs: Any) -> None:
            command(*args, aws=AwsSettings(profile, region), **kwargs)

        return with_settings

    return with_options


def json_option(what: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option --json of a command; `what` says what it prints. Names in it are in camelCase."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what} as JSON, with names in camelCase.")


def print_json(value: Any) -> None:
    """Print what --json asks for."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def policy_option(policy: Callable[[], dict[str, Any]]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option that prints the IAM policy that a command needs, and exits."""

    def shown(context: click.Context, _option: click.Parameter, given: bool) -> None:
        if given:
            print_json(policy())
            context.exit()

    return click.option(
        "--print-policy",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=shown,
        help="Print the IAM policy that this command needs, and exit.",
    )


# For commands on a deployed site.
site_option = click.option(
    "--site", metavar="NAME", help="The site's logical id in the stack's template.  [default: the only site]"
)

layer_option = click.option(
    "--layer",
    "code",
    metavar="ARN",
    callback=function_code,
    help="The layer with the functions' code (the installer's output FunctionsLayerArn), instead of inline code.",
)
