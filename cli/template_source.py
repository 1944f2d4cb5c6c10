"""The source of a template: a file, or a deployed stack, as CloudFormation has it after all transforms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.aws_session import AwsSettings
from cli.macro_listed import require_macro
from cli.parameter_values import parameter_values
from cli.template_file import read_template, stack_template
from cli.template_text import TemplateTextError
from resilient_website.expand import expand_template
from resilient_website.facts.cloudformation_quotas import HIDDEN_VALUE, STACK_NAME
from resilient_website.functions.code import FunctionCode
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.read_template import DEFAULT_MACRO

STACK_PREFIX = "stack:"


@dataclass(frozen=True)
class Source:
    """A template as written, and its stack's parameter values (none for a file)."""

    name: str
    template: dict[str, Any]
    deployed_with: Mapping[str, str]

    @property
    def deployed(self) -> bool:
        """Whether it is a stack's."""
        return self.name.startswith(STACK_PREFIX)


def read_source(name: str, aws: AwsSettings) -> Source:
    """Return the template of a file, of `stack:NAME`, or of the stack of that name where there is no such file.

    A folder is no file: `init` names the folder of a site as its stack.
    Raises InvalidTemplateError if there is neither, or if CloudFormation can't be asked.
    """
    if name.startswith(STACK_PREFIX):
        return _of_stack(name.removeprefix(STACK_PREFIX), aws)
    file = Path(name)
    if STACK_NAME.fullmatch(name) and (file.is_dir() or not file.exists()):
        if not aws.region:
            found = "there is no such file; a stack of that name can't be read without a Region"
            raise InvalidTemplateError([Problem(name, found, "give a template file, or a stack and --region")])
        return _of_stack(name, aws)
    return Source(name, read_template(file), {})


def expanded(
    source: Source,
    given: Mapping[str, str],
    region: str,
    macro: str = DEFAULT_MACRO,
    code: FunctionCode | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the expanded template, and the values of its parameters: the given ones, else the stack's, else defaults.

    `code` is that of the functions; without it, the result can't be deployed.
    Raises InvalidTemplateError; its problems name the source.
    """
    declared = source.template.get("Parameters") or {}
    deployed = {name: value for name, value in source.deployed_with.items() if name in declared}
    try:
        require_macro(source.template)
        values = parameter_values(source.template, {**deployed, **given})
        return expand_template(source.template, values, region, macro, code), values
    except InvalidTemplateError as error:
        named = [Problem(f"{source.name}: {each.path}", each.found, each.fix) for each in error.problems]
        raise InvalidTemplateError(named) from error


def stack_values(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the values of a stack's parameters, as DescribeStacks lists them; HIDDEN_VALUE for those with NoEcho.

    ParameterValue of one that is read from Parameter Store is its name there, ResolvedValue its value. Source:
    "Parameter" in the AWS CloudFormation API Reference.
    """
    return {
        entry["ParameterKey"]: entry.get("ResolvedValue", entry.get("ParameterValue"))
        for entry in entries
        if "ResolvedValue" in entry or "ParameterValue" in entry
    }


def _of_stack(name: str, aws: AwsSettings) -> Source:
    """Return the template and the parameters of a deployed stack. Raises InvalidTemplateError."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError  # noqa: PLC0415  # files need no AWS

    from cli.aws_problems import aws_problem  # noqa: PLC0415

    try:
        client = aws.regional_session.client("cloudformation")
        body: Any = client.get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]
        described = client.describe_stacks(StackName=name)["Stacks"][0]
    except NoCredentialsError as error:
        raise InvalidTemplateError([aws_problem(f"{STACK_PREFIX}{name}", error)]) from error
    except (ClientError, BotoCoreError) as error:
        fix = "give a template file, or a stack in this account and Region (--profile, --region) that you may read"
        raise InvalidTemplateError([Problem(f"{STACK_PREFIX}{name}", f"can't be read ({error})", fix)]) from error
    try:
        template = stack_template(body)
    except TemplateTextError as error:
        fix = "use a template file instead"
        raise InvalidTemplateError([Problem(f"{STACK_PREFIX}{name}", f"can't be read ({error})", fix)]) from error
    entries = described.get("Parameters", [])
    values = stack_values(entries)
    shown = {key: value for key, value in values.items() if value != HIDDEN_VALUE}
    return Source(f"{STACK_PREFIX}{name}", template, shown)
