"""Notes on standard error: parts of a template that have no effect, or not the intended one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from resilient_website.cloudformation import language_extensions
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.read_template import sites
from resilient_website.tiers.monitoring.topic import TOPIC

TOPIC_TYPE = "AWS::SNS::Topic"


def note_without_site(file: Path, template: Mapping[str, Any]) -> None:
    """Say so if a template without a site was expanded."""
    if not sites(template["Resources"]):
        click.echo(f"{file}: no resource has the type {TYPES[0]}, so nothing was expanded", err=True)


def note_without_recipient(file: Path, expanded: Mapping[str, Any]) -> None:
    """Say so if the alarms of a site notify a topic of the site that has no subscription."""
    for name, resource in expanded["Resources"].items():
        if name.endswith(TOPIC) and resource["Type"] == TOPIC_TYPE and not resource["Properties"].get("Subscription"):
            where = f"{file}: Resources.{name.removesuffix(TOPIC)}.Properties.Monitoring"
            click.echo(f"{where}: the alarms have no recipient; write AlarmEmail or AlarmTopicArn", err=True)


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
