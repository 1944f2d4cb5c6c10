"""Every place on a page that a browser takes an address from, rewritten to the saved copy."""

import re
from collections.abc import Callable
from functools import partial
from typing import Literal
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from bs4.element import Tag

from saved_site.markup import attribute
from saved_site.script import references_of_script
from saved_site.stylesheet import rewrite_styles

# Why a page names an address: to lead there, because it needs it, or neither (it is rewritten, and not visited).
Kind = Literal["page", "asset", "mention"]
# (base URL, reference, kind) -> the reference as it shall stand in the copy.
Place = Callable[[str, str, Kind], str]

_ADDRESSES: dict[str, tuple[tuple[str, Kind], ...]] = {
    "a": (("href", "page"), ("xlink:href", "page")),
    "area": (("href", "page"),),
    "audio": (("src", "asset"),),
    "blockquote": (("cite", "mention"),),
    "body": (("background", "asset"),),
    "del": (("cite", "mention"),),
    "embed": (("src", "asset"),),
    "feimage": (("href", "asset"), ("xlink:href", "asset")),
    "frame": (("src", "page"),),
    "iframe": (("src", "page"), ("data-src", "page")),
    "image": (("href", "asset"), ("xlink:href", "asset")),
    # The data- attributes are what scripts that load images late agree on.
    "img": (("src", "asset"), ("data-src", "asset"), ("data-lazy-src", "asset"), ("data-original", "asset")),
    "input": (("src", "asset"),),
    "ins": (("cite", "mention"),),
    "object": (("data", "asset"),),
    "q": (("cite", "mention"),),
    "script": (("src", "asset"),),
    "source": (("src", "asset"), ("data-src", "asset")),
    "table": (("background", "asset"),),
    "td": (("background", "asset"),),
    "th": (("background", "asset"),),
    "track": (("src", "asset"),),
    "use": (("href", "asset"), ("xlink:href", "asset")),
    "video": (("src", "asset"), ("poster", "asset"), ("data-src", "asset")),
}
_SETS = ("srcset", "imagesrcset", "data-srcset", "data-lazy-srcset")

_ICONS = ("icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon")
_NEEDED_LINKS = frozenset((*_ICONS, "stylesheet", "manifest", "preload", "modulepreload"))
# These only hurry the browser to where it may go next, or name the page to others.
_USELESS_LINKS = frozenset(("prefetch", "prerender", "preconnect", "dns-prefetch", "pingback"))
_NAMES_OF_THE_PAGE = frozenset(("canonical", "shortlink"))
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")

_REFRESH = re.compile(r"""\s*(?P<wait>[0-9.]+)\s*[;,]?\s*(?:url\s*=\s*)?['"]?(?P<url>[^'"]*)['"]?\s*""", re.IGNORECASE)
# Source: HTML, "parse a srcset attribute".
_CANDIDATE = re.compile(r"[\s,]*(?P<url>\S*[^\s,])(?P<descriptor>[^,(]*(?:\([^)]*\)[^,(]*)*)(?:,|$)")


def rewrite_references(page: BeautifulSoup, base: str, url: str, place: Place) -> None:
    """Place every reference of a page; `base` is what they are relative to, `url` where the page is."""
    put = partial(_place, base, url, place)
    for tag in page.find_all(True):
        if tag.name == "link":
            _rewrite_link(tag, base, put)
        elif tag.name == "meta":
            _rewrite_refresh(tag, put)
        elif tag.name == "style" and tag.string:
            tag.string = rewrite_styles(tag.string, partial(put, kind="asset"))
        elif tag.name == "script" and tag.string and not tag.get("src"):
            for reference in references_of_script(tag.string):
                put(reference, kind="asset")
        _rewrite_attributes(tag, put)


def _place(base: str, url: str, place: Place, reference: str, kind: Kind) -> str:
    """Return a reference in the copy. A mere fragment is the page itself, unless a base element says otherwise."""
    if not reference.strip() or (reference.lstrip().startswith("#") and base == url):
        return reference
    return place(base, reference, kind)


_Put = Callable[..., str]


def _rewrite_attributes(tag: Tag, put: _Put) -> None:
    for name, kind in _ADDRESSES.get(tag.name, ()):
        if tag.has_attr(name):
            # Links that no robot should follow are those that do something: a log-out, a vote, an edit.
            refused = tag.name == "a" and "nofollow" in attribute(tag, "rel").lower().split()
            tag[name] = put(attribute(tag, name), kind="mention" if refused else kind)
    for name in _SETS:
        if tag.has_attr(name):
            tag[name] = _rewrite_set(attribute(tag, name), put)
    if "url" in attribute(tag, "style").lower() or "image-set" in attribute(tag, "style").lower():
        tag["style"] = rewrite_styles(attribute(tag, "style"), partial(put, kind="asset"))
    # They would tell the origin of a click, and (long obsolete) keep pages that are not these.
    for name in {"a": ("ping",), "area": ("ping",), "html": ("manifest",)}.get(tag.name, ()):
        tag.attrs.pop(name, None)


def _rewrite_set(value: str, put: _Put) -> str:
    candidates = [
        f"{put(found['url'], kind='asset')} {found['descriptor'].strip()}".strip()
        for found in _CANDIDATE.finditer(value)
    ]
    return ", ".join(candidates)


def _rewrite_link(tag: Tag, base: str, put: _Put) -> None:
    words = frozenset(attribute(tag, "rel").lower().split())
    if words & _USELESS_LINKS:
        tag.extract()
        return
    if not tag.has_attr("href"):
        return
    if words & _NAMES_OF_THE_PAGE:
        tag["href"] = urljoin(base, attribute(tag, "href"))
        return
    tag["href"] = href = put(attribute(tag, "href"), kind=_kind_of_link(tag, words))
    # The digest was that of the style sheet before its references were rewritten.
    if href.startswith("/") and not href.startswith("//"):
        tag.attrs.pop("integrity", None)


def _kind_of_link(tag: Tag, words: frozenset[str]) -> Kind:
    if words & _NEEDED_LINKS:
        return "asset"
    if "alternate" in words:
        return "asset" if attribute(tag, "type").lower() in _FEEDS else "page"
    return "mention"


def _rewrite_refresh(tag: Tag, put: _Put) -> None:
    """Let a refresh lead into the copy; one that only loads the page again has nothing new to show."""
    if attribute(tag, "http-equiv").lower() != "refresh":
        return
    found = _REFRESH.fullmatch(attribute(tag, "content"))
    if found and found["url"].strip():
        tag["content"] = f"{found['wait']}; url={put(found['url'], kind='page')}"
    else:
        tag.extract()
