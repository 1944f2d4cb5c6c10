"""Options that several commands share, and how commands show problems and JSON."""

import errno
import json
import re
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import click

from cli.located_problems import places, problem_json
from cli.program_name import with_program_name
from resilient_website.facts.regions import OF_OTHER_PARTITIONS, REGIONS
from resilient_website.functions.code import FunctionCode, Layer
from resilient_website.problems import TOO_DEEP, InvalidTemplateError, Problem, nearest

# Source: "Layers" in the reference of AWS::Lambda::Function.
LAYER = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:layer:[A-Za-z0-9_-]+:[0-9]+")

# Where the running command has the Region that is assumed, because none was given.
ASSUMED_REGION = f"{__name__}.assumed_region"
# Where it has the Region that was given, by an option, the environment or a file.
GIVEN_REGION = f"{__name__}.given_region"

# Errors of a full disk, and of an output that can't be written to.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NOT_WRITABLE = (errno.EBADF, errno.EIO)


def problems_on_stderr(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command show every problem of its input, and of its output, one per line, and exit with status 1.

    Problems of a template have the file's name, line and column. With --json, they are printed as JSON.
    """

    @wraps(command)
    def shown(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except InvalidTemplateError as error:
            _show_problems(error.problems, as_json=bool(kwargs.get("as_json")))
            sys.exit(1)
        except RecursionError:
            click.echo(TOO_DEEP, err=True)
            sys.exit(1)
        except OSError as error:
            report_unwritable_output(error)
            sys.exit(1)

    return shown


def report_unwritable_output(error: OSError) -> None:
    """Show that the output can't be written. Raises any other error again."""
    if error.errno not in (*NO_ROOM, *NOT_WRITABLE):
        raise error
    advice = "free some space, or write elsewhere" if error.errno in NO_ROOM else "write elsewhere, as with > FILE"
    click.echo(str(Problem("(output)", f"can't be written ({error.strerror or error})", advice)), err=True)


def assumed_region(region: str) -> None:
    """Note that the running command was given no Region, so that its problems with the default one say so."""
    click.get_current_context().meta[ASSUMED_REGION] = region


def given_region(region: str) -> None:
    """Note the Region that the running command was given, so that its problems with a misspelt one say so."""
    click.get_current_context().meta[GIVEN_REGION] = region


def _show_problems(problems: Iterable[Problem], *, as_json: bool) -> None:
    where = places()
    found = [where.located(problem) for problem in problems]
    if as_json:
        print_json({"problems": [problem_json(problem) for problem in found]})
        return
    for problem in found:
        click.echo(with_program_name(str(problem)), err=True)
    context = click.get_current_context(silent=True)
    meta = context.meta if context else {}
    texts = " ".join(f"{problem.found} {problem.fix}" for problem in found)
    if (assumed := meta.get(ASSUMED_REGION)) and _names(assumed, texts):
        advice = "give --region, or set AWS_REGION, or region in samconfig.toml or the profile"
        click.echo(f"--region: not given, so that {assumed} is assumed; {advice}", err=True)
    if (given := meta.get(GIVEN_REGION)) and _names(given, texts) and (guess := _misspelt_region(given)):
        click.echo(f"--region: found {given}, which is no Region that this version knows; {guess}", err=True)


def _names(region: str, texts: str) -> bool:
    """Return whether texts name a Region; "us-east-1a" is a zone, as in examples of what is allowed."""
    return re.search(rf"{re.escape(region)}(?!\w)", texts) is not None


def _misspelt_region(region: str) -> str:
    """Return "did you mean ...?" for a name that is similar to a Region's, but none; else nothing."""
    if region in REGIONS or region.startswith(OF_OTHER_PARTITIONS):
        return ""
    return "".join(f"did you mean {meant}?" for meant in nearest(region, REGIONS))


def name_and_value(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Return the values of an option that takes NAME=VALUE and is repeatable."""
    pairs = [value.partition("=") for value in values]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise click.BadParameter(f"{name!r} is not NAME=VALUE")
    return {name: value for name, _, value in pairs}


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


def parameters_option_with(default: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option --parameter of a command; `default` says where the value is from without it."""
    return click.option(
        "--parameter",
        "parameters",
        multiple=True,
        metavar="NAME=VALUE",
        callback=name_and_value,
        help=f"The value of one of the template's parameters. Repeatable.  [default: {default}]",
    )


parameters_option = parameters_option_with("the parameter's Default")


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
