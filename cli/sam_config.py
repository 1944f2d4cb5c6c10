"""Reads Region, profile and parameters from the samconfig.toml of a template's folder, as `sam deploy` does.

Source: "AWS SAM CLI configuration file" in the AWS SAM Developer Guide: a table for each environment (`default`, or
that of --config-env), in it one for each command, and `global` for all commands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resilient_website.problems import InvalidTemplateError, Problem, allowing

FILE = "samconfig.toml"
DEFAULT_ENVIRONMENT = "default"

# The parameters of the first command that has one count.
COMMANDS = ("deploy", "global")


@dataclass(frozen=True)
class SamConfig:
    """What a samconfig.toml says about a deployment; None for what it does not say.

    `parameter_overrides` are as in the file: cli/sam_overrides.py reads them.
    """

    region: str | None = None
    profile: str | None = None
    parameter_overrides: Any = None


def sam_config(folder: Path, environment: str | None = None) -> SamConfig:
    """Return what the file in a folder says for an environment; nothing without a file.

    Raises InvalidTemplateError for a file that is not TOML, and for an `environment` that was given and is not in it.
    """
    path = folder / FILE
    if not path.is_file():
        if environment is not None:
            advice = "give the folder's samconfig.toml this environment, or leave --config-env out"
            raise InvalidTemplateError([Problem("--config-env", f"there is no {path}", advice)])
        return SamConfig()
    environments = _read(path)
    if environment is not None and environment not in environments:
        known = ", ".join(name for name, value in environments.items() if isinstance(value, Mapping))
        found = f"found {environment!r}, which is not in {path}"
        raise InvalidTemplateError([Problem("--config-env", found, allowing(known or "none"))])
    commands = environments.get(environment or DEFAULT_ENVIRONMENT)
    return SamConfig(
        _text(commands, "region"), _text(commands, "profile"), _parameter(commands, "parameter_overrides", object)
    )


def _read(path: Path) -> Mapping[str, Any]:
    import tomllib  # noqa: PLC0415  # few commands get here

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        advice = "correct it, or give --region and --profile elsewhere"
        raise InvalidTemplateError([Problem(str(path), f"can't be read ({error})", advice)]) from error


def _text(commands: object, name: str) -> str | None:
    """Return a parameter's value, if it is a text."""
    text: str | None = _parameter(commands, name, str)
    return text


def _parameter(commands: object, name: str, kind: type[Any]) -> Any:
    """Return a parameter's value, if it is of a kind and not empty."""
    for command in COMMANDS:
        settings = commands.get(command) if isinstance(commands, Mapping) else None
        values = settings.get("parameters") if isinstance(settings, Mapping) else None
        value = values.get(name) if isinstance(values, Mapping) else None
        if isinstance(value, kind) and value:
            return value
    return None
