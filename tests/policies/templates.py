"""The templates whose policies are judged: every example, as the macro and as the command line write it."""

from collections.abc import Iterator
from typing import Any

from launch.parameter_values import parameter_values
from launch.template_file import read_template
from resilient_website.expand import expand_template
from tests.emulator.endpoint import ROOT
from tests.isolation.sites import template

Json = dict[str, Any]
ZONE = "Z0123456789ABCDEFGHIJ"


def templates() -> Iterator[tuple[str, Json]]:
    """Yield name and content: the examples, and the two sites that need every function there is."""
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        given = read_template(path)
        yield path.stem, expand_template(given, parameter_values(given, {}), "us-east-1")
    yield "every function", template("own", ZONE)
