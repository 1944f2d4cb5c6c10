"""What a saved page says about itself: a banner, and a line in place of each form. No script, and no style sheet."""

import math
from dataclasses import dataclass
from datetime import datetime

from bs4 import BeautifulSoup
from bs4.element import Tag

from saved_site.markup import attribute, put_into_body, put_into_head
from saved_site.properties import BANNER_TEXT, FORM_TEXT

# Tells a saved page from a real one: a crawl that meets it has met the copy, not the site.
MARK = "resilient-website-saved-copy"

# `all: initial` undoes what the site's style sheet says of any div. It lies at the bottom of the window, out of the
# flow: in it, the first child of a body that is a grid or a flex box would move all the others. White on #1f2933 has a
# contrast of 14.8:1; WCAG 2.2 asks for 4.5:1.
_BANNER = (
    "all:initial;display:block;box-sizing:border-box;position:fixed;right:0;bottom:0;left:0;z-index:2147483647;"
    "padding:.75rem 1rem;background:#1f2933;color:#fff;font:1rem/1.5 system-ui,sans-serif;text-align:center"
)
# The page ends above the banner: its lines, and their padding, at the narrowest (320 px: WCAG 2.2, 1.4.10) and wider.
_ROOM = "html{{padding-bottom:{narrow}rem!important;scroll-padding-bottom:{narrow}rem}}"
_ROOM_WIDE = "@media(min-width:48rem){{html{{padding-bottom:{wide}rem!important;scroll-padding-bottom:{wide}rem}}}}"
_NARROW_CHARACTERS, _WIDE_CHARACTERS = 30, 85

_FORM = "margin:.5em 0;padding:.5em;border:1px solid;color:inherit;background:transparent;font:inherit"
# A form that holds one of these is a page with a form around it.
_WHOLE_PAGE = ("h1", "main", "nav", "header", "footer", "article")
_CONTROLS = ("input", "button", "select", "textarea")


@dataclass(frozen=True)
class Notices:
    """The texts, and the time of the copy."""

    banner_text: str
    form_text: str
    time: datetime

    @property
    def moment(self) -> str:
        """The time as people in any country read it."""
        return self.time.strftime("%Y-%m-%d %H:%M UTC")


def is_saved_copy(page: BeautifulSoup) -> bool:
    """Say whether a page is one that we wrote."""
    return page.find("meta", attrs={"name": MARK}) is not None


def put_banner(page: BeautifulSoup, notices: Notices) -> None:
    """Put the banner onto a page, room for it below the page, and the mark."""
    text = notices.banner_text if "{time}" in notices.banner_text else notices.banner_text + " ({time})"
    before, _, after = text.partition("{time}")
    banner = page.new_tag("div", attrs={"role": "region", "aria-label": notices.moment, "style": _BANNER})
    moment = page.new_tag("time", attrs={"datetime": notices.time.strftime("%Y-%m-%dT%H:%M:%SZ"), "style": "all:unset"})
    moment.string = notices.moment
    banner.extend([before, moment, after.replace("{time}", notices.moment)])
    if notices.banner_text == BANNER_TEXT:
        banner["lang"], banner["dir"], banner["aria-label"] = "en", "ltr", "Saved copy"
    put_into_body(page, banner)
    room = page.new_tag("style")
    room.string = _room(len(before) + len(notices.moment) + len(after))
    put_into_head(page, room)
    put_into_head(page, page.new_tag("meta", attrs={"name": MARK, "content": notices.moment}))


def replace_forms(page: BeautifulSoup, notices: Notices) -> None:
    """Replace each form by the notice; it keeps its id, class and style, so that the layout keeps its place."""
    for form in page.find_all("form"):
        if attribute(form, "method").lower() == "dialog":
            continue
        if form.find(_WHOLE_PAGE):
            _disable(form)
        else:
            form.clear()
        form.name = "div"
        form.attrs = {name: value for name, value in form.attrs.items() if name in ("id", "class", "style")}
        form.insert(0, _notice(page, notices))
    for control in page.find_all(_CONTROLS):
        control.attrs.pop("formaction", None)


def _notice(page: BeautifulSoup, notices: Notices) -> Tag:
    notice = page.new_tag("p", attrs={"style": _FORM})
    notice.string = notices.form_text
    if notices.form_text == FORM_TEXT:
        notice["lang"] = "en"
    return notice


def _disable(form: Tag) -> None:
    for control in form.find_all(_CONTROLS):
        control["disabled"] = ""


def _room(characters: int) -> str:
    def rem(per_line: int) -> str:
        return f"{1.5 + 1.5 * math.ceil(characters / per_line):g}"

    return _ROOM.format(narrow=rem(_NARROW_CHARACTERS)) + _ROOM_WIDE.format(wide=rem(_WIDE_CHARACTERS))
