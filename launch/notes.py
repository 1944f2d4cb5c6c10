"""What a command says on standard error beside its result: that a template has nothing in it for the command."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from resilient_website.expand import sites
from resilient_website.resource_checks import TYPES


def note_without_site(file: Path, template: Mapping[str, Any]) -> None:
    """Say so if a template that has been expanded had no site in it."""
    if not sites(template["Resources"]):
        click.echo(f"{file}: no resource has the type {TYPES[0]}, so nothing was expanded", err=True)
