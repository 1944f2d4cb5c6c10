"""The command `init`: ask a few questions, check the answers, and write the files of a site."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import cfn_flip
import click

from cli.aws_session import AwsSettings
from cli.init.answers import Answers, answer_problems
from cli.init.files import files
from cli.options import problems_on_stderr
from cli.region_options import REGION_VARIABLES
from cli.template_file import write_file
from resilient_website.expand import expand_template
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.read_template import DEFAULT_MACRO

T = TypeVar("T")

EXAMPLES = """
\b
Examples:
  build_templates.py init my-site
  build_templates.py init my-site --yes --region eu-west-1
  cd my-site && sam deploy

\b
Exit status: 0 if the files are written, 1 if an answer has problems or a file exists already, 2 for an invalid command
line.
"""


@click.command(epilog=EXAMPLES)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--stack-name", help="The stack's name.  [default: the folder's name]")
@click.option(
    "--region",
    envvar=REGION_VARIABLES,
    help="The Region to deploy to.  [default: AWS_REGION, AWS_DEFAULT_REGION, the profile's region, or us-east-1]",
)
@click.option("--domain-name", help="The site's domain name, as in www.example.com.  [default: CloudFront's]")
@click.option("--hosted-zone-id", help="The Route 53 hosted zone of the domain name.")
@click.option("--certificate-arn", help=f"A certificate in {CLOUDFRONT_REGION}, for a domain name in any other Region.")
@click.option("--database/--no-database", default=None, help="A MySQL database.  [default: yes]")
@click.option("--cache/--no-cache", default=None, help="A cache.  [default: no]")
@click.option("--contact-email", help="The email address to show while the site is down.")
@click.option("--macro", default=DEFAULT_MACRO, show_default=True, help="The name under which the macro is installed.")
@click.option("--yes", is_flag=True, help="Ask nothing, and use defaults for what is not given.")
@click.option("--force", is_flag=True, help="Overwrite existing files.")
@problems_on_stderr
def init(folder: Path, yes: bool, force: bool, **given: Any) -> None:
    """Create a site in FOLDER: site.yaml, samconfig.toml and .gitignore, ready for `sam deploy`.

    Asks a few questions; each has an option, and a default that works.
    """
    _refuse_to_overwrite(folder, force)
    answers = ask(folder, given, yes)
    texts = files(answers)
    problems = answer_problems(answers)
    if problems:
        raise InvalidTemplateError(problems)
    # Reports what the macro would report at deployment.
    template, _ = cfn_flip.load(texts["site.yaml"])
    expand_template(json.loads(json.dumps(template)), {}, answers.region, answers.macro)
    for name, text in texts.items():
        write_file(folder / name, text)
        click.echo(folder / name)
    where = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    click.echo(
        f"\nInstall the macro in this account and Region first (see docs/getting-started.md). Then: {where}sam deploy"
    )


def _refuse_to_overwrite(folder: Path, force: bool) -> None:
    names = ("site.yaml", "samconfig.toml", ".gitignore")
    existing = [folder / name for name in names if (folder / name).exists()]
    if existing and not force:
        advice = "give another folder, or --force to overwrite it"
        raise InvalidTemplateError([Problem(str(path), "exists already", advice) for path in existing])


def ask(folder: Path, given: dict[str, Any], yes: bool) -> Answers:
    """Return the answers: from options, else typed, else (with `yes`) defaults."""

    def answer(name: str, question: Callable[[], T], default: T) -> T:
        if given[name] is not None:
            return given[name]  # type: ignore[no-any-return]
        return default if yes else question()

    def text(name: str, question: str, default: str = "") -> str:
        shown = bool(default)
        return answer(name, lambda: str(click.prompt(question, default=default, show_default=shown)).strip(), default)

    def choice(name: str, question: str, default: bool) -> bool:
        return answer(name, lambda: click.confirm(question, default=default), default)

    stack = text("stack_name", "Stack name", _stack_name(folder))
    region = text("region", "AWS Region", AwsSettings().expansion_region)
    domain = text("domain_name", "Domain name (empty for CloudFront's)")
    zone = text("hosted_zone_id", "Id of its Route 53 hosted zone") if domain else given["hosted_zone_id"] or ""
    elsewhere = bool(domain) and region != CLOUDFRONT_REGION
    question = f"ARN of its certificate in {CLOUDFRONT_REGION}"
    certificate = text("certificate_arn", question) if elsewhere else given["certificate_arn"] or ""
    return Answers(
        stack_name=stack,
        region=region,
        domain_name=domain,
        hosted_zone_id=zone,
        certificate_arn=certificate,
        database=choice("database", "A MySQL database?", True),
        cache=choice("cache", "A cache for query results?", False),
        contact_email=text("contact_email", "Email address to show while the site is down (empty for none)"),
        macro=given["macro"],
    )


def _stack_name(folder: Path) -> str:
    """Return a stack name derived from a folder's name."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", folder.resolve().name).strip("-")
    return words if words[:1].isalpha() else f"site-{words}".rstrip("-")
