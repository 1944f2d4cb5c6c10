"""Draws the architecture of an example, as `explain` does."""

from cli.analysis.availability.copies import active_half
from cli.analysis.picture.draw import picture, svg_file
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from tools.repository import ROOT

EXAMPLE = ROOT / "examples" / "with-domain.yaml"
REGION = "us-east-1"


def architecture() -> str:
    """Return the picture of the example as an SVG file."""
    template = read_template(EXAMPLE)
    expanded = active_half(template, parameter_values(template, {}), REGION)
    return svg_file(picture(expanded.template, expanded.region, expanded.parameters))
