"""The catalogue of errors: what causes each error of the macro, why, and what to write instead.

Each file of refusals/ is a section of the page. Entries don't contain the error texts: the macro produces them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cli.parameter_values import parameter_values
from cli.template_file import as_plain_json
from cli.template_text import parse
from resilient_website.expand import expand_template
from resilient_website.handler import handler
from resilient_website.problems import InvalidTemplateError, message
from tools.reference import large_templates

FOLDER = Path(__file__).parent / "refusals"
REGION = "us-east-1"
ACCOUNT = "123456789012"

# The parser in C, where PyYAML has it: each worker of the tests reads the catalogue to collect them.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One refusal. `written` and `instead` are what the page shows: a site's properties, or a whole template.

    Large templates come from a function of large_templates, with a description.
    """

    file: str
    cause: str
    written: str
    instead: str
    template: bool = False
    generated: str = ""
    region: str = REGION
    # The Region of the corrected template, if the error is about the Region.
    moved: str = ""

    @property
    def provoking(self) -> Any:
        """The template that is refused."""
        return self._made[0] if self.generated else _whole(self.written, self.template)

    @property
    def repaired(self) -> Any:
        """The corrected template."""
        return self._made[1] if self.generated else _whole(self.instead, self.template)

    @property
    def _made(self) -> tuple[Any, Any]:
        return large_templates.BY_NAME[self.generated]()

    def reported(self) -> list[str]:
        """Return the error lines of the macro for the refused template."""
        return str(answer(self.provoking, self.region).get("errorMessage", "")).splitlines()


@dataclass(frozen=True)
class Section:
    """The entries of one file, and what the page says before them."""

    file: str
    title: str
    about: str
    entries: tuple[Entry, ...] = field(default=())


def sections() -> list[Section]:
    """Return the catalogue, in the order of the files' names."""
    return [_section(path) for path in sorted(FOLDER.glob("*.yaml"))]


def answer(template: Any, region: str) -> Json:
    """Return the response of the macro's function for a template with default parameters.

    Where the function takes it, and the command line does not, return what the function would answer to the same.
    """
    values: Mapping[str, Any] = parameter_values(template, {}) if isinstance(template, dict) else {}
    asked = {"requestId": "catalogue", "fragment": template, "region": region, "templateParameterValues": values}
    answered = handler({**asked, "accountId": ACCOUNT}, None)
    if answered["status"] == "success":
        try:
            expand_template(template, values, region, account=ACCOUNT)
        except InvalidTemplateError as error:
            return {"status": "failure", "errorMessage": message(error.problems)}
    return answered


def _section(path: Path) -> Section:
    content = yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - a safe loader
    entries = tuple(Entry(file=path.name, **entry) for entry in content["entries"])
    return Section(path.name, content["title"], content["about"], entries)


def _whole(text: str, is_template: bool) -> Any:
    """Return a template from its YAML, or from the YAML of a site's properties."""
    parsed = as_plain_json(parse(text).value) if text.strip() else {}
    if is_template:
        return parsed
    return {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": parsed}}}
