"""Renders the friendly page: one file, without a script and without anything to fetch."""

import html
import re
from pathlib import Path
from string import Template

from fallback_site.properties import FallbackSite

_TEMPLATE = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))


def render(site: FallbackSite) -> bytes:
    """Return the page as UTF-8; the same properties give the same bytes. All text of theirs is escaped."""
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
    # No words of ours: they would be in one language only.
    return f'<footer><a href="mailto:{address}" dir="ltr">{address}</a></footer>\n'
