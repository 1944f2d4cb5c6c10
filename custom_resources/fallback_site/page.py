"""Renders the friendly page: one file without scripts and without external resources."""

import html
import re
from pathlib import Path
from string import Template

from fallback_site.properties import FallbackSite

_TEMPLATE = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))


def render(site: FallbackSite) -> bytes:
    """Return the page as UTF-8. The same properties give the same bytes. All property values are escaped."""
    paragraphs = [part for part in re.split(r"\n\s*\n", site.message.strip()) if part.strip()]
    return _TEMPLATE.substitute(
        language=site.language,
        title=html.escape(site.title.strip()),
        message="\n".join(f'<p dir="auto">{_lines(paragraph)}</p>' for paragraph in paragraphs),
        contact=_contact(site.contact_email),
    ).encode()


def _lines(paragraph: str) -> str:
    return "<br>".join(html.escape(line.strip()) for line in paragraph.strip().splitlines())


def _contact(email: str | None) -> str:
    if not email:
        return ""
    address = html.escape(email)
    # The address only: any text of ours would be in one language.
    return f'<footer><a href="mailto:{address}" dir="ltr">{address}</a></footer>\n'
