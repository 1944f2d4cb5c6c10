"""The command `init`: ask a few questions, check the answers, and write the files of a site."""

import json
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cfn_flip
import click

from cli.init.answers import Answers, answer_problems
from cli.init.files import files, gitignore
from cli.init.kinds import KINDS, release_commands
from cli.init.questions import ask
from cli.notes import note_without_recipient
from cli.options import problems_on_stderr
from cli.parameter_values import parameter_values
from cli.program_name import IN_CLONE
from cli.schema.editor_files import write_editor_files
from cli.template_file import WRITTEN_BY_INIT, write_file
from resilient_website.expand import expand_template
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.read_template import DEFAULT_MACRO

# Replaced only with --force, as are the files of a kind.
NAMES = (WRITTEN_BY_INIT, "samconfig.toml")

EXAMPLES = """
\b
Examples:
  build_templates.py init my-site
  build_templates.py init my-site --yes --region eu-west-1
  build_templates.py init my-site --kind python
  cd my-site && sam deploy

Exit status: 0 if the files are written; 1 if an answer has problems or a file exists already; 2 for a command line
that is not understood.
"""


@click.command(epilog=EXAMPLES)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--stack-name", help="The stack's name.  [default: the folder's name]")
@click.option(
    "--region",
    help="The Region to deploy to.  [default: AWS_REGION, AWS_DEFAULT_REGION, the profile's region, or us-east-1]",
)
@click.option("--kind", type=click.Choice(list(KINDS)), help="The application's kind.  [default: the sample]")
@click.option("--domain-name", help="The site's domain name, as in www.example.com.  [default: CloudFront's]")
@click.option("--hosted-zone-id", help="The Route 53 hosted zone of the domain name.")
@click.option("--certificate-arn", help=f"A certificate in {CLOUDFRONT_REGION}.  [default: one is created]")
@click.option(
    "--prefix-list-id", help="CloudFront's prefix list in the Region.  [default: the macro's, where it knows the id]"
)
@click.option("--database/--no-database", default=None, help="A MySQL database.  [default: yes]")
@click.option("--cache/--no-cache", default=None, help="A cache.  [default: no]")
@click.option("--contact-email", help="The email address to show while the site is down.")
@click.option("--alarm-email", help="The email address that gets the alarms. AWS asks it to confirm.")
@click.option("--macro", default=DEFAULT_MACRO, show_default=True, help="The name under which the macro is installed.")
@click.option("--yes", is_flag=True, help="Ask nothing, and use defaults for what is not given.")
@click.option("--force", is_flag=True, help="Replace existing files, and keep them as NAME.bak.")
@problems_on_stderr
def init(folder: Path, yes: bool, force: bool, **given: Any) -> None:
    """Create a site in FOLDER: site.yaml, samconfig.toml and .gitignore, ready for `sam deploy`.

    With --kind, also an application in FOLDER/app, to start from; the command prints how it is released. Asks a few
    questions; each has an option, and a default that works. A .gitignore that exists is extended.
    """
    _refuse_to_overwrite(folder, NAMES, force)
    answers = _answers(folder, given, yes)
    texts = files(answers, _program())
    _refuse_to_overwrite(folder, [name for name in texts if name not in NAMES], force)
    problems = answer_problems(answers)
    if problems:
        raise InvalidTemplateError(problems)
    # Reports what the macro would report at deployment.
    template, _ = cfn_flip.load(texts[WRITTEN_BY_INIT])
    plain = json.loads(json.dumps(template))
    expanded = expand_template(plain, parameter_values(plain, {}), answers.region, answers.macro)
    for name, text in texts.items():
        _write(folder / name, text)
    kind = KINDS.get(answers.kind)
    _extend_gitignore(folder / ".gitignore", kind.prepared if kind else "")
    for path in write_editor_files(folder):
        click.echo(path)
    note_without_recipient(folder / WRITTEN_BY_INIT, expanded)
    click.echo("\nInstall the macro in this account and Region first, in a clone of the project")
    click.echo("(docs/getting-started.md): `sam build && sam deploy --guided`. Then:")
    for command in _next_commands(folder, answers):
        click.echo(f"  {command}")


def _answers(folder: Path, given: dict[str, Any], yes: bool) -> Answers:
    """Return the answers. Raises InvalidTemplateError if the input ends before, as in a pipeline."""
    try:
        return ask(folder, given, yes)
    except click.Abort as aborted:
        if sys.stdin.isatty():
            raise
        advice = "give --yes for the defaults, with options for other answers, such as --region and --domain-name"
        raise InvalidTemplateError([Problem("init", "the input ended before the last question", advice)]) from aborted


def _next_commands(folder: Path, answers: Answers) -> list[str]:
    where = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    kind = KINDS.get(answers.kind)
    released = release_commands(kind, answers.stack_name, answers.region, _program()) if kind else []
    return [f"{where}sam deploy", *released]


def _program() -> str:
    """Return what starts this command line in the site's folder: a clone's file by its path, since it is elsewhere."""
    path = Path(sys.argv[0])
    return shlex.quote(str(path.resolve())) if path.name == IN_CLONE and path.exists() else path.name


def _refuse_to_overwrite(folder: Path, names: Iterable[str], force: bool) -> None:
    existing = [folder / name for name in names if (folder / name).exists()]
    if not force:
        advice = "give another folder, or --force to replace it, which keeps the old file as NAME.bak"
        problems = [Problem(str(path), "exists already", advice) for path in existing]
    else:
        kept = [_backup(path) for path in existing]
        advice = "move it away, or delete it: --force keeps the existing file under this name"
        problems = [Problem(str(path), "exists already", advice) for path in kept if path.exists()]
    if problems:
        raise InvalidTemplateError(problems)


def _backup(path: Path) -> Path:
    return path.with_name(f"{path.name}.bak")


def _write(path: Path, text: str) -> None:
    """Write a file; one that exists is kept as NAME.bak."""
    if path.exists():
        path.rename(_backup(path))
    write_file(path, text)
    click.echo(path)


def _extend_gitignore(path: Path, prepared: str) -> None:
    """Write .gitignore, or add what an existing one lacks."""
    existing = path.read_text(encoding="utf-8") if path.exists() else ""
    extended = gitignore(existing, prepared)
    if extended != existing:
        write_file(path, extended)
        click.echo(path)
