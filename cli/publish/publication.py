"""Uploads templates, the installer and code packages to S3, with how to launch each template."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from cli.object_url import object_url
from cli.publish.installer import built_template, flat_installer, packages
from cli.publish.package import Package, code_package, template_package
from cli.publish.quick_create import create_command, launch_problems, quick_create_link
from cli.publish.upload import Bucket, bucket_problems, upload
from cli.template_file import TemplateFile, read_template_file, to_json, write_file
from resilient_website.facts.cloudformation_quotas import MAX_TEMPLATE_BYTES
from resilient_website.problems import InvalidTemplateError, Problem, known_names

if TYPE_CHECKING:
    import boto3

INSTALLER = Path("build/installer.template.json")
# Its name in the project's samconfig.toml.
INSTALLER_STACK = "resilient-website-macro"

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


@dataclass(frozen=True)
class LaunchValues:
    """The prefix of all keys, and the stack's name and parameters in links and commands."""

    prefix: str
    stack_name: str | None
    parameters: Mapping[str, str]


def buckets_by_region(session: "boto3.Session", names: Mapping[str, str]) -> list[Bucket]:
    """Return the buckets, given by Region. Raises InvalidTemplateError with all their problems."""
    buckets = [Bucket(name, region, session.client("s3", region_name=region)) for region, name in names.items()]
    problems = [problem for bucket in buckets for problem in bucket_problems(bucket)]
    if problems:
        raise InvalidTemplateError(problems)
    return buckets


def read_templates(files: tuple[Path, ...], values: LaunchValues) -> list[Template]:
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


def publish_files(
    bucket: Bucket, templates: list[Template], folders: tuple[Path, ...], values: LaunchValues
) -> list[Published]:
    """Upload the folders as packages, and the templates; return what was uploaded."""
    with _progress() as say:
        code = [_put(bucket, code_package(values.prefix, folder), str(folder), say) for folder in folders]
        return code + [
            _put_template(bucket, path.name, file.content, file.template, values, say) for path, file in templates
        ]


def _problems(path: Path, file: TemplateFile, values: LaunchValues) -> list[Problem]:
    """Return what keeps a template from being launched with these values."""
    size = len(file.content)
    problems = launch_problems(_stack(path.name, values), values.parameters, file.template)
    if size > MAX_TEMPLATE_BYTES:
        problems.append(
            Problem(str(path), f"{size:,} bytes", f"CloudFormation allows at most {MAX_TEMPLATE_BYTES:,}: split it")
        )
    return problems


def publish_installer(buckets: list[Bucket], folder: Path, values: LaunchValues) -> list[Published]:
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
    """Upload a package, unless it is there already. `say` shows what is being uploaded."""
    say(f"{package.key} to {bucket.name}")
    status = upload(bucket, package)
    url = object_url(bucket.name, bucket.region, package.key)
    return Published(name, status, url, f"s3://{bucket.name}/{package.key}")


def _put_template(
    bucket: Bucket,
    name: str,
    body: bytes,
    template: Mapping[str, Any],
    values: LaunchValues,
    say: Callable[[str], None],
) -> Published:
    """Upload a template, and return how to launch it with the values that it declares."""
    put = _put(bucket, template_package(values.prefix, name, body), name, say)
    stack, declared = _stack(name, values), template.get("Parameters") or {}
    own = {key: value for key, value in values.parameters.items() if key in declared}
    link = quick_create_link(put.url, bucket.region, stack, own)
    command = create_command(put.url, bucket.region, stack, own, template)
    return Published(name, put.status, put.url, put.s3, link, command)


def _stack(name: str, values: LaunchValues) -> str:
    return values.stack_name or name.partition(".")[0]


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show on a terminal what is being uploaded."""
    with Console(stderr=True).status("Uploading") as status:
        yield lambda text: status.update(f"Uploading {text}")
