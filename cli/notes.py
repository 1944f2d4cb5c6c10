"""Notes on standard error: parts of a template that have no effect, or not the intended one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from resilient_website.cloudformation import language_extensions
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.read_template import sites


def note_without_site(file: Path, template: Mapping[str, Any]) -> None:
    """Say so if a template without a site was expanded."""
    if not sites(template["Resources"]):
        click.echo(f"{file}: no resource has the type {TYPES[0]}, so nothing was expanded", err=True)


def note_unused_extensions(file: Path, template: Mapping[str, Any]) -> None:
    """Say so if a template lists AWS::LanguageExtensions but does not use it.

    CloudFormation does not pass the list to the macro, which then writes policies that this transform rejects.
    """
    if sites(template["Resources"]) and language_extensions.listed(template) and not language_extensions.used(template):
        name = language_extensions.LANGUAGE_EXTENSIONS
        click.echo(
            f"{file}: Transform lists {name}, but the template does not use it; remove it: it rejects "
            "DeletionPolicy: RetainExceptOnCreate, which the macro sets on data stores if the transform is not used",
            err=True,
        )
