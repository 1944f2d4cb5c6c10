"""docs/reference/errors.md: every error of the macro, with its cause and fix."""

from collections.abc import Sequence

from resilient_website.handler import internal_error
from tools.reference.catalogue import REGION, Entry, Section
from tools.reference.markdown import anchor, prose
from tools.reference.markdown import page as whole_page

INTRODUCTION = """\
The macro refuses a template that it can't expand before any resource is created. The stack's status reason lists every
problem, one per line: where it is, what was found, and what to do. `build_templates.py expand` prints the same errors
without a deployment.

Each error is shown as the macro reports it for the example below it. To find an error, search for its words, not for
its path or values, which come from your template. Errors of CloudFormation itself, or of a service, are in the stack's
events.

Sites are in us-east-1 unless the example says otherwise."""

PREFIX = "Resources.Site.Properties."


def page(sections: Sequence[Section]) -> str:
    """Return the page."""
    contents = [f"- [{section.title}]({_anchor(section.title)}): {prose(section.about)}" for section in sections]
    return whole_page(
        "Errors of the macro",
        INTRODUCTION,
        "\n".join([*contents, f"- [{INTERNAL}]({_anchor(INTERNAL)}): an internal error."]),
        *(part for section in sections for part in _section(section)),
        *_internal(),
    )


INTERNAL = "A failure of the macro's own"


def _internal() -> tuple[str, ...]:
    about = (
        "No template should cause this error, so there is nothing to fix in yours. The log of the macro's function "
        "has the traceback under the id in the error, and never the values of the template's parameters."
    )
    return f"## {INTERNAL}", f"```text\n{internal_error('01234567-89ab-cdef-0123-456789abcdef')}\n```", about


def _section(section: Section) -> list[str]:
    return [f"## {section.title}", section.about, *(part for entry in section.entries for part in _entry(entry))]


def _entry(entry: Entry) -> tuple[str, ...]:
    lines = entry.reported()
    where = "" if entry.region == REGION else f", for {entry.region}"
    return (
        f"### {_place(lines[0])}",
        "```text\n" + "\n".join(lines) + "\n```",
        prose(entry.cause.strip()),
        *_shown(entry, f"Written{where}:", entry.written),
        *_shown(entry, "Instead:", entry.instead),
    )


def _shown(entry: Entry, label: str, text: str) -> tuple[str, ...]:
    """Return the example; a large one is only described."""
    if entry.generated:
        return (f"{label.removesuffix(':')}: {text.strip()}.",)
    return label, f"```yaml\n{text.strip()}\n```"


def _place(line: str) -> str:
    """Return a problem's path without the common prefix, as in `Database.MultiAZ`."""
    path = line.partition(": ")[0].removeprefix(PREFIX)
    return f"`{path}`"


def _anchor(title: str) -> str:
    return anchor(title.replace(" ", "-"))
