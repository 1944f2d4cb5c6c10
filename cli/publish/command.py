"""The command `publish`: upload templates and code to S3, and print how to launch them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.options import comma_separated, json_option, parameters_option, print_json, problems_on_stderr
from cli.publish.installer import bucket_names
from cli.publish.publication import (
    LaunchValues,
    Published,
    buckets_by_region,
    publish_files,
    publish_installer,
    read_templates,
)
from cli.publish.readers import read_policy
from cli.region_options import aws_options
from cli.template_file import to_json
from resilient_website.problems import InvalidTemplateError

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
    values = LaunchValues(prefix, stack_name, parameters)
    templates = [] if installer else read_templates(files, values)
    try:
        if installer:
            buckets = buckets_by_region(aws.session, bucket_names(bucket, regions))
            done = publish_installer(buckets, build_dir, values)
        else:
            session = aws.regional_session
            buckets = buckets_by_region(session, {session.region_name: bucket})
            done = publish_files(buckets[0], templates, folders, values)
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(f"bucket {bucket}", error)]) from error
    policies = {}
    if organization_id:
        policies = {each.name: read_policy(each.name, each.region, prefix, organization_id) for each in buckets}
    _report(done, policies, as_json=as_json)


def _report(done: list[Published], policies: Mapping[str, Any], *, as_json: bool) -> None:
    """Print what was uploaded and how to launch it, and the policies by bucket."""
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
