"""CONTRIBUTING.md: its recipes are followed in a copy of the project, and what it names is there."""

import re
from pathlib import Path

import pytest

from tests.project_copy import command_line, copied, expanded
from tools.repository import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MACRO = "macros/resilient_website"

# Recipe, and the edit that it says.
STEPS = (
    (
        "Add a property",
        f"{MACRO}/tiers/load_balancer/spec.py",
        "    algorithm: str = prop(",
        """    tls_headers: bool = prop(
        "TlsHeaders",
        Boolean(),
        False,
        known_at_expansion=True,
        maps_to="AWS::ElasticLoadBalancingV2::LoadBalancer.LoadBalancerAttributes.Value",
        reason="off: an application that wants to know version and cipher of TLS is rare",
    )
    algorithm: str = prop(""",
    ),
    (
        "Add a property",
        f"{MACRO}/tiers/load_balancer/__init__.py",
        '        "zonal_shift.config.enabled": True,',
        """        "zonal_shift.config.enabled": True,
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": spec.tls_headers,""",
    ),
    (
        "Add an alarm",
        f"{MACRO}/tiers/monitoring/server_alarms.py",
        "    yield AlarmRow(",
        """    yield AlarmRow(
        "ServerStatusAlarm",
        "A server fails its status check, and Auto Scaling has not replaced it for a quarter of an hour.",
        "Look at the group's activities: a replacement may fail to start.",
        (Metric("AWS/EC2", "StatusCheckFailed", group, "Maximum"),),
        0,
        15,
    )
    yield AlarmRow(""",
    ),
    (
        "Add a command",
        "cli/attributes.py",
        "",
        '''"""The command `attributes`: what `!GetAtt` may name of a site."""

import click

from resilient_website.attributes import ATTRIBUTES

EXAMPLES = """
\\b
Examples:
  build_templates.py attributes

\\b
Exit status: 0 if the attributes are listed, 2 for a command line that is not understood.
"""


@click.command(epilog=EXAMPLES)
def attributes() -> None:
    """List the attributes of a site."""
    for attribute in ATTRIBUTES:
        click.echo(f"{attribute.name}: {attribute.meaning}")
''',
    ),
    (
        "Add a command",
        "cli/command_groups.py",
        '"Look at a template": (',
        """"Look at a template": (
        Listed("attributes", "cli.attributes:attributes", "List the attributes of a site."),""",
    ),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project in which all recipes have been followed."""
    folder = tmp_path_factory.mktemp("contributed") / "project"
    return copied(folder, [(name, old, new) for _, name, old, new in STEPS], left_out=["goldens"])


def test_property_reaches_its_resource(copy: Path) -> None:
    attributes = expanded(copy, LoadBalancer={"TlsHeaders": True})["SiteLoadBalancer"]["Properties"][
        "LoadBalancerAttributes"
    ]
    values = {each["Key"]: each["Value"] for each in attributes}
    assert values["routing.http.x_amzn_tls_version_and_cipher_suite.enabled"] == "true"


def test_alarm_is_made(copy: Path) -> None:
    assert "SiteServerStatusAlarm" in expanded(copy)


def test_command_is_listed_and_runs(copy: Path) -> None:
    assert "attributes" in command_line(copy, "--help")
    assert "AssetsBucket: " in command_line(copy, "attributes")
    assert "Exit status: 0" in command_line(copy, "attributes", "--help")


def test_recipes_name_the_files_that_were_changed() -> None:
    recipes = dict(re.findall(r"^## (.+?)(?: ✓)?\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
    followed = re.findall(r"^## (.+) ✓$", PAGE, re.MULTILINE)
    assert set(followed) == {recipe for recipe, *_ in STEPS}
    for recipe, name, old, _ in STEPS:
        assert name in recipes[recipe] or (not old and "cli/" in recipes[recipe])


def test_files_that_the_page_names_are_there() -> None:
    named = re.findall(r"`((?:macros|cli|custom_resources|tests|tools)/[\w./-]+)`", PAGE)
    assert len(named) > 20
    assert [name for name in named if not (ROOT / name).exists()] == []
