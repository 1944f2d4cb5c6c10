"""The command `publish`: upload templates and code to S3, and print how to launch them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.object_url import object_url
from cli.options import comma_separated, json_option, parameters_option, print_json, problems_on_stderr
from cli.publish.installer import bucket_names, built_template, flat_installer, packages
from cli.publish.package import Package, code_package, template_package
from cli.publish.quick_create import create_command, launch_problems, quick_create_link
from cli.publish.readers import read_policy
from cli.publish.upload import Bucket, bucket_problems, upload
from cli.region_options import aws_options
from cli.template_file import TemplateFile, read_template_file, to_json, write_file
from resilient_website.facts.cloudformation_quotas import MAX_TEMPLATE_BYTES
from resilient_website.problems import InvalidTemplateError, Problem, known_names

if TYPE_CHECKING:
    import boto3

INSTALLER = Path("build/installer.template.json")
# Its name in the project's samconfig.toml.
INSTALLER_STACK = "resilient-website-macro"
EXAMPLES = """
\b
Examples:
  build_templates.py publish site.json --bucket my-templates \\
      --parameter DomainName=www.example.com
  build_templates.py publish --installer --bucket my-code \\
      --regions eu-west-1,us-east-1 --organization-id o-a1b2c3d4e5

Exit status: 0 if everything is in S3; 1 if something was refused;
2 for a command line that is not understood.
"""


# A file, and its content.
Template = tuple[Path, TemplateFile]


@dataclass(frozen=True)
class Published:
    """One object in S3, and how to launch it if it is a template."""

    file: str
    status: str
    url: str
    s3: str
    launch: str = ""
    command: str = ""


@click.command(epilog=EXAMPLES)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--bucket",
    required=True,
    help="The bucket; with --installer, the prefix of each Region's bucket name, or a name that contains {region}.",
)
@click.option("--prefix", default="resilient-website", show_default=True, help="The prefix of all keys.")
@aws_options("The bucket's Region.")
@click.option(
    "--code",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder to upload as a zip file for Lambda. Repeatable.",
)
@click.option("--stack-name", help="The stack's name in links and commands.  [default: the file's name]")
@parameters_option
@click.option("--organization-id", help="Print the bucket policy that allows this organization (o-...) to read.")
@click.option(
    "--installer", is_flag=True, help="Publish the installer of the macro and its layer, for StackSets and links."
)
@click.option(
    "--regions", callback=comma_separated, metavar="REGION,...", help="With --installer: the Regions to publish to."
)
@click.option(
    "--build-dir",
    default=".aws-sam/build",
    show_default=True,
    type=click.Path(path_type=Path),
    help="With --installer: the output folder of `sam build`.",
)
@json_option("what was uploaded, and where,")
@problems_on_stderr
def publish(
    files: tuple[Path, ...],
    bucket: str,
    prefix: str,
    aws: AwsSettings,
    folders: tuple[Path, ...],
    stack_name: str | None,
    parameters: dict[str, str],
    organization_id: str | None,
    installer: bool,
    regions: tuple[str, ...],
    build_dir: Path,
    as_json: bool,
) -> None:
    """Upload FILES (templates) to S3, and print links and commands that launch them.

    Each object's key contains the SHA-256 of its content, so that the object behind a link never changes, and an
    existing object is not uploaded again. S3 verifies the checksum, and this command verifies what S3 has stored.
    """
    if installer and (files or not regions):
        raise click.UsageError("--installer takes --regions, and no FILES.")
    if not installer and not files and not folders:
        raise click.UsageError("Missing argument 'FILES...'.")
    values = _Values(prefix, stack_name, parameters)
    templates = [] if installer else _templates(files, values)
    try:
        if installer:
            buckets = _buckets(aws.session, bucket_names(bucket, regions))
            done = _publish_installer(buckets, build_dir, values)
        else:
            session = aws.regional_session
            buckets = _buckets(session, {session.region_name: bucket})
            done = _publish_files(buckets[0], templates, folders, values)
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(f"bucket {bucket}", error)]) from error
    policies = {}
    if organization_id:
        policies = {each.name: read_policy(each.name, each.region, prefix, organization_id) for each in buckets}
    _report(done, policies, as_json=as_json)


@dataclass(frozen=True)
class _Values:
    """The values for keys and links."""

    prefix: str
    stack_name: str | None
    parameters: Mapping[str, str]


def _buckets(session: "boto3.Session", names: Mapping[str, str]) -> list[Bucket]:
    """Return the buckets, given by Region. Raises InvalidTemplateError with all their problems."""
    buckets = [Bucket(name, region, session.client("s3", region_name=region)) for region, name in names.items()]
    problems = [problem for bucket in buckets for problem in bucket_problems(bucket)]
    if problems:
        raise InvalidTemplateError(problems)
    return buckets


def _templates(files: tuple[Path, ...], values: _Values) -> list[Template]:
    """Return the templates with their paths. Raises InvalidTemplateError with all their problems."""
    templates = [(path, read_template_file(path)) for path in files]
    problems = [problem for path, file in templates for problem in _problems(path, file, values)]
    declared = {name for _, file in templates for name in file.template.get("Parameters") or {}}
    unknown = [name for name in values.parameters if name not in declared]
    problems += [
        Problem(f"--parameter {name}", "no template declares it", known_names(name, declared)) for name in unknown
    ]
    if problems:
        raise InvalidTemplateError(problems)
    return templates


def _publish_files(
    bucket: Bucket, templates: list[Template], folders: tuple[Path, ...], values: _Values
) -> list[Published]:
    with _progress() as say:
        code = [_put(bucket, code_package(values.prefix, folder), str(folder), say) for folder in folders]
        return code + [
            _put_template(bucket, path.name, file.content, file.template, values, say) for path, file in templates
        ]


def _problems(path: Path, file: TemplateFile, values: _Values) -> list[Problem]:
    size = len(file.content)
    problems = launch_problems(_stack(path.name, values), values.parameters, file.template)
    if size > MAX_TEMPLATE_BYTES:
        problems.append(
            Problem(str(path), f"{size:,} bytes", f"CloudFormation allows at most {MAX_TEMPLATE_BYTES:,}: split it")
        )
    return problems


def _publish_installer(buckets: list[Bucket], folder: Path, values: _Values) -> list[Published]:
    """Upload the installer's packages and its template; return what was uploaded. Raises InvalidTemplateError."""
    values = replace(values, stack_name=values.stack_name or INSTALLER_STACK)
    built = built_template(folder)
    code = packages(built, folder, values.prefix)
    flat = flat_installer(built, code, {bucket.region: bucket.name for bucket in buckets})
    problems = launch_problems(_stack(INSTALLER.name, values), values.parameters, flat)
    unknown = [name for name in values.parameters if name not in flat["Parameters"]]
    advice = "the installer declares " + ", ".join(flat["Parameters"])
    problems += [Problem(f"--parameter {name}", "not declared in the template", advice) for name in unknown]
    if problems:
        raise InvalidTemplateError(problems)
    text = to_json(flat)
    write_file(INSTALLER, text)
    done = []
    with _progress() as say:
        for bucket in buckets:
            done += [_put(bucket, package, name, say) for name, package in code.items()]
            done.append(_put_template(bucket, INSTALLER.name, text.encode(), flat, values, say))
    return done


def _put(bucket: Bucket, package: Package, name: str, say: Callable[[str], None]) -> Published:
    say(f"{package.key} to {bucket.name}")
    status = upload(bucket, package)
    url = object_url(bucket.name, bucket.region, package.key)
    return Published(name, status, url, f"s3://{bucket.name}/{package.key}")


def _put_template(
    bucket: Bucket, name: str, body: bytes, template: Mapping[str, Any], values: _Values, say: Callable[[str], None]
) -> Published:
    put = _put(bucket, template_package(values.prefix, name, body), name, say)
    stack, declared = _stack(name, values), template.get("Parameters") or {}
    own = {key: value for key, value in values.parameters.items() if key in declared}
    link = quick_create_link(put.url, bucket.region, stack, own)
    command = create_command(put.url, bucket.region, stack, own, template)
    return Published(name, put.status, put.url, put.s3, link, command)


def _stack(name: str, values: _Values) -> str:
    return values.stack_name or name.partition(".")[0]


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show on a terminal what is being uploaded."""
    with Console(stderr=True).status("Uploading") as status:
        yield lambda text: status.update(f"Uploading {text}")


def _report(done: list[Published], policies: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        published = [{name: value for name, value in vars(entry).items() if value} for entry in done]
        print_json({"published": published, "bucketPolicies": policies})
        return
    for entry in done:
        click.echo(f"{entry.file}: {entry.status}\n  {entry.s3}")
        if entry.launch:
            click.echo(f"  {entry.url}\n\n  Launch in the Console:\n  {entry.launch}\n")
            click.echo(f"  Launch by command:\n  {entry.command}\n")
    for bucket, policy in policies.items():
        click.echo(
            f"To allow the organization to read, add this to the policy of {bucket} (not done here):\n{to_json(policy)}"
        )
