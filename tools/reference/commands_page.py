"""docs/reference/commands.md: every command of the command line, as click has it."""

import inspect
import re

import click

from cli.command_groups import EXAMPLES, EXIT_STATUSES, SECTIONS
from cli.main import main
from tools.reference.markdown import code, prose, table
from tools.reference.markdown import page as whole_page

PROGRAM = "build_templates.py"
INTRODUCTION = """\
In a clone, the command line is `./build_templates.py`. Installed by `pipx install .` or `uv tool install .`, it is
`resilient-website`, with the same commands. Every command has `--help`, which prints what this page says about it.

Without a command, it writes the templates that ship with the project to `build/`: the form for the Console and four
flat templates. Only `publish`, `prove`, `stackset`, `release`, `maintenance`, `restore`, `saved-pages`, `switch`,
`check --change-set` and the session of `shell` change anything in AWS."""

# What click, or a help text itself, writes behind the text: "  [default: 1]  [x>=1]", "  [default: 1; x>=1]".
EXTRAS = re.compile(r"  \[([^\]]+)\]")
DEFAULT = "default: "

# What a usage has behind an argument that is given any number of times.
REPEATED = "..."


def page() -> str:
    """Return the page. Raises LookupError for a command without examples or exit statuses."""
    parts = [
        f"## {title}\n\n" + "\n\n".join(command_section(listed.name) for listed in section)
        for title, section in SECTIONS.items()
    ]
    general = [
        table(("Example", "What it does"), ((code(example), prose(does)) for example, does in EXAMPLES)),
        "## Exit statuses\n\n"
        + table(("Status", "Meaning"), ((code(s), prose(meaning)) for s, meaning in EXIT_STATUSES)),
    ]
    return whole_page("Commands", INTRODUCTION, *general, *parts)


def command_section(name: str) -> str:
    """Return the section of a command: usage, what it does, arguments, options, examples and exit statuses."""
    root = click.Context(main, info_name=PROGRAM)
    command = main.get_command(root, name)
    if command is None:
        raise LookupError(f"there is no command {name}")
    context = click.Context(command, info_name=name, parent=root, help_option_names=root.help_option_names)
    examples, statuses = _epilog(name, command)
    usage = " ".join([PROGRAM, name, *command.collect_usage_pieces(context)])
    return "\n\n".join(
        part
        for part in (
            f"### {name}",
            f"```\n{usage}\n```",
            _paragraphs(command.help or ""),
            _arguments(command, context),
            _options(command, context),
            f"Examples:\n\n```sh\n{examples}\n```",
            f"Exit status: {prose(statuses)}",
        )
        if part
    )


def _paragraphs(text: str) -> str:
    paragraphs = inspect.cleandoc(text).replace("\b\n", "").split("\n\n")
    return "\n\n".join(prose(" ".join(paragraph.split())) for paragraph in paragraphs)


def _arguments(command: click.Command, context: click.Context) -> str:
    rows = [_argument(each, context) for each in command.params if isinstance(each, click.Argument)]
    return table(("Argument", "Values", "Default"), rows) if rows else ""


def _argument(argument: click.Argument, context: click.Context) -> tuple[str, str, str]:
    kind = argument.type
    values = " or ".join(map(code, kind.choices)) if isinstance(kind, click.Choice) else kind.name
    # A usage of its own, as "[status] SITE", says how the argument is written: several words are one value.
    if argument.nargs != 1 and REPEATED in (argument.metavar or REPEATED):
        values += ", several"
    default = argument.get_default(context)
    absent = "none" if argument.nargs != 1 or not isinstance(default, str) else code(default)
    return f"**{code((argument.name or '').upper())}**", values, "required" if argument.required else absent


def _options(command: click.Command, context: click.Context) -> str:
    options = [each for each in command.params if isinstance(each, click.Option)]
    records = [record for each in options if (record := each.get_help_record(context))]
    return table(("Option", "What it does", "Default and limits"), (_option(*record) for record in records))


def _option(names: str, text: str) -> tuple[str, str, str]:
    extras = [extra for group in EXTRAS.findall(text) for extra in group.split("; ")]
    limits = "; ".join(extra.removeprefix(DEFAULT) for extra in extras)
    return f"**{code(names)}**", prose(EXTRAS.sub("", text)), prose(limits)


def _epilog(name: str, command: click.Command) -> tuple[str, str]:
    """Return the examples of a command, one per line, and its exit statuses."""
    blocks = [block.removeprefix("\b").strip() for block in (command.epilog or "").strip().split("\n\n")]
    examples = next((block.removeprefix("Examples:") for block in blocks if block.startswith("Examples:")), None)
    statuses = next((block.removeprefix("Exit status:") for block in blocks if block.startswith("Exit status:")), None)
    if not examples or not statuses:
        raise LookupError(f"{name} has no examples or no exit statuses in its epilog")
    return inspect.cleandoc(examples), " ".join(statuses.split())
