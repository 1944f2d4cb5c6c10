"""The banner of a saved page, and the notice that replaces a form. No scripts and no style sheet."""

import math
from dataclasses import dataclass
from datetime import datetime
from html import escape

from saved_site.html_tokens import start_tag
from saved_site.properties import BANNER_TEXT, FORM_TEXT

# Marks a saved page: a crawl that finds it has reached the copy instead of the site.
MARK = "resilient-website-saved-copy"

# `all: initial` resets the site's styles for div. The banner is fixed at the bottom of the window, outside of the flow:
# as the first child of a body with grid or flex layout it would move all others. White on #1f2933 has a contrast of
# 14.8:1; WCAG 2.2 requires 4.5:1.
_BANNER = (
    "all:initial;display:block;box-sizing:border-box;position:fixed;right:0;bottom:0;left:0;z-index:2147483647;"
    "padding:.75rem 1rem;background:#1f2933;color:#fff;font:1rem/1.5 system-ui,sans-serif;text-align:center"
)
# Padding for the banner's lines at the bottom of the page: at the narrowest width (320 px: WCAG 2.2, 1.4.10) and wider.
_ROOM = "html{{padding-bottom:{narrow}rem!important;scroll-padding-bottom:{narrow}rem}}"
_ROOM_WIDE = "@media(min-width:48rem){{html{{padding-bottom:{wide}rem!important;scroll-padding-bottom:{wide}rem}}}}"
_NARROW_CHARACTERS, _WIDE_CHARACTERS = 30, 85

_FORM = "margin:.5em 0;padding:.5em;border:1px solid;color:inherit;background:transparent;font:inherit"


@dataclass(frozen=True)
class Notices:
    """The texts of the notices, and the time of the copy."""

    banner_text: str
    form_text: str
    time: datetime

    @property
    def moment(self) -> str:
        """The time in a format that readers in any country understand."""
        return self.time.strftime("%Y-%m-%d %H:%M UTC")


def banner(notices: Notices) -> str:
    """Return the banner, as HTML."""
    before, after = _banner_text(notices)
    own = notices.banner_text == BANNER_TEXT
    attributes = {"role": "region", "aria-label": "Saved copy" if own else notices.moment, "style": _BANNER}
    if own:
        attributes |= {"lang": "en", "dir": "ltr"}
    time = start_tag("time", {"datetime": notices.time.strftime("%Y-%m-%dT%H:%M:%SZ"), "style": "all:unset"})
    moment = f"{time}{notices.moment}</time>"
    return f"{start_tag('div', attributes)}{escape(before, quote=False)}{moment}{escape(after, quote=False)}</div>"


def room(notices: Notices) -> str:
    """Return the style that adds padding below a page for its banner."""
    before, after = _banner_text(notices)
    return _room(len(before) + len(notices.moment) + len(after))


def form_notice(notices: Notices) -> str:
    """Return the notice that replaces a form, as HTML."""
    language = {"lang": "en"} if notices.form_text == FORM_TEXT else {}
    return f"{start_tag('p', {'style': _FORM, **language})}{escape(notices.form_text, quote=False)}</p>"


def _banner_text(notices: Notices) -> tuple[str, str]:
    text = notices.banner_text if "{time}" in notices.banner_text else notices.banner_text + " ({time})"
    before, _, after = text.partition("{time}")
    return before, after.replace("{time}", notices.moment)


def _room(characters: int) -> str:
    def rem(per_line: int) -> str:
        return f"{1.5 + 1.5 * math.ceil(characters / per_line):g}"

    return _ROOM.format(narrow=rem(_NARROW_CHARACTERS)) + _ROOM_WIDE.format(wide=rem(_WIDE_CHARACTERS))
