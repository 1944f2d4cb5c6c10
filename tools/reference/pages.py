"""The pages of the reference: their names and texts."""

from collections.abc import Sequence

from tools.reference import alarms_page, attributes_page, commands_page, environment_page, errors_page, properties_page
from tools.reference.catalogue import sections
from tools.reference.sites import Observation
from tools.repository import ROOT

FOLDER = ROOT / "docs" / "reference"


def pages(observations: Sequence[Observation]) -> dict[str, str]:
    """Return the text of every page by its file's name. The same code and examples give the same bytes."""
    return {
        "properties.md": properties_page.page(sorted((ROOT / "examples").glob("*.yaml"))),
        "attributes.md": attributes_page.page(),
        "environment.md": environment_page.page(),
        "alarms.md": alarms_page.page(observations),
        "errors.md": errors_page.page(sections()),
        "commands.md": commands_page.page(),
    }
