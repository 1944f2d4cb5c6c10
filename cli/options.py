"""What the commands of build_templates.py have in common: how they take parameters and a Region, and show problems."""

import errno
import re
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from resilient_website.functions.code import FunctionCode, Layer
from resilient_website.handler import TOO_DEEP
from resilient_website.problems import InvalidTemplateError, Problem

# The exit status of a command that was interrupted, as shells have it: 128 and the signal's number.
INTERRUPTED = 130

# Source: the names in "AWS Regions" of the AWS Regions and Availability Zones guide.
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")

# Source: "Layers" in the reference of AWS::Lambda::Function.
LAYER = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:layer:[A-Za-z0-9_-]+:[0-9]+")

# Why a disk takes no more.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def problems_on_stderr(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command show every problem of its input, and of its output, one a line, and exit with status 1."""

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
            advice = "write to a place that has room"
            click.echo(str(Problem("(output)", f"can't be written ({error.strerror or error})", advice)), err=True)
            sys.exit(1)

    return shown


def name_and_value(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read the values of an option that takes NAME=VALUE, several times."""
    pairs = [value.partition("=") for value in values]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise click.BadParameter(f"{name!r} is not NAME=VALUE")
    return {name: value for name, _, value in pairs}


def known_region(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """Refuse a Region that can't be one, as wrong input and not as a command line that is not understood."""
    if not REGION.fullmatch(value):
        refused = click.BadParameter(f"found {value!r}; Regions look like eu-west-1")
        refused.exit_code = 1
        raise refused
    return value


def function_code(_context: click.Context, _option: click.Parameter, value: str | None) -> FunctionCode:
    """Return the layer of an ARN, or the code inside the template where none is given."""
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
    """Return the entries of an option that takes several, comma-separated."""
    return tuple(entry.strip() for entry in (value or "").split(",") if entry.strip())


parameters_option = click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    callback=name_and_value,
    help="The value of one of the template's parameters (else its default). May be given several times.",
)
region_option = click.option(
    "--region",
    default="us-east-1",
    show_default=True,
    envvar=["AWS_REGION", "AWS_DEFAULT_REGION"],
    callback=known_region,
    help="Where the template will be deployed. Also taken from AWS_REGION or AWS_DEFAULT_REGION.",
)
layer_option = click.option(
    "--layer",
    "code",
    metavar="ARN",
    callback=function_code,
    help="The layer that the functions run from (the installer's output FunctionsLayerArn), not the code inside.",
)
