"""docs/reference/attributes.md: what `!GetAtt Site.X` returns."""

from resilient_website.attributes import ATTRIBUTES, Attribute
from tools.reference.markdown import code, prose, table
from tools.reference.markdown import page as whole_page

INTRODUCTION = """\
`!Ref Site` returns the site's URL. `!GetAtt Site.X` and `${Site.X}` work anywhere in the template: in other resources,
in outputs, and in the site's own `UserData`. Attributes of a disabled tier are rejected; the error lists the available
ones."""


def page() -> str:
    """Return the page."""
    return whole_page(
        "Attributes of a site", INTRODUCTION, table(("Attribute", "What it is", "Needs"), map(_row, ATTRIBUTES))
    )


def _row(attribute: Attribute) -> tuple[str, str, str]:
    return f"**`{attribute.name}`**", prose(attribute.meaning), code(attribute.needs) if attribute.needs else ""
