"""What a command says on standard error beside its result: what of a template does nothing, or not what is meant."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from resilient_website.cloudformation import language_extensions
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.expand import sites


def note_without_site(file: Path, template: Mapping[str, Any]) -> None:
    """Say so if a template that has been expanded had no site in it."""
    if not sites(template["Resources"]):
        click.echo(f"{file}: no resource has the type {TYPES[0]}, so nothing was expanded", err=True)


def note_unused_extensions(file: Path, template: Mapping[str, Any]) -> None:
    """Say so if a template lists AWS::LanguageExtensions for nothing.

    CloudFormation does not hand the list to the macro, which then makes policies that this transform refuses.
    """
    if sites(template["Resources"]) and language_extensions.listed(template) and not language_extensions.used(template):
        name = language_extensions.LANGUAGE_EXTENSIONS
        click.echo(
            f"{file}: Transform lists {name}, of which the template uses nothing; leave it out: it refuses "
            "DeletionPolicy: RetainExceptOnCreate, which stores have where the macro sees no use of it",
            err=True,
        )
