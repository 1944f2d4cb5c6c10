"""Rewrites every reference on a page that a browser would follow or load."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal
from urllib.parse import urljoin

from saved_site.attribute_values import rewrite_refresh, rewrite_set
from saved_site.html_tokens import Token
from saved_site.stylesheet import rewrite_styles

# The kinds of references: a link, a file that the page needs, or neither (rewritten but not visited).
Kind = Literal["page", "asset", "mention"]
# (base URL, reference, kind) -> the reference in the copy.
Place = Callable[[str, str, Kind], str]

# Longer addresses hold data or are invalid. Source: RFC 9110, 4.1 (recipients should support 8,000 octets).
MAX_REFERENCE_LENGTH = 8_000

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
    "iframe": (("src", "page"),),
    "image": (("href", "asset"), ("xlink:href", "asset")),
    "img": (("src", "asset"),),
    "input": (("src", "asset"),),
    "ins": (("cite", "mention"),),
    "object": (("data", "asset"),),
    "q": (("cite", "mention"),),
    "source": (("src", "asset"),),
    "table": (("background", "asset"),),
    "td": (("background", "asset"),),
    "th": (("background", "asset"),),
    "track": (("src", "asset"),),
    "use": (("href", "asset"), ("xlink:href", "asset")),
    "video": (("src", "asset"), ("poster", "asset")),
}
_SETS = ("srcset", "imagesrcset")
# They would report a click to the origin, or (obsolete) name an application cache.
_DROPPED = {"a": ("ping",), "area": ("ping",), "html": ("manifest",)}

# Attributes that lazy-loading scripts use. No script runs on a saved page, so it loads these images at once.
_LATE = {"src": ("data-src", "data-lazy-src", "data-original"), "srcset": ("data-srcset", "data-lazy-srcset")}
_LOADED_LATE = ("img", "source", "iframe", "video", "audio")

_ICONS = ("icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon")
_NEEDED_LINKS = frozenset((*_ICONS, "stylesheet", "manifest", "preload"))
# These only prefetch, load scripts, or describe the page to other services.
_USELESS_LINKS = frozenset(("prefetch", "prerender", "preconnect", "dns-prefetch", "pingback", "modulepreload"))
_NAMES_OF_THE_PAGE = frozenset(("canonical", "shortlink"))
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")

_Put = Callable[..., str]


def rewrite_references(page: Sequence[Token], base: str, url: str, place: Place) -> list[Token]:
    """Return a page's tokens with every reference rewritten, without links that a copy does not need.

    `base` is the base URL of the references, `url` the page's own.
    """
    put = partial(_place, base, url, place)
    kept: list[Token] = []
    for at, token in enumerate(page):
        if token.kind == "start":
            if (token.name == "link" and _is_useless(token)) or (token.name == "meta" and _is_refused(token, put)):
                continue
            if token.name in _LOADED_LATE and not _has_stand_in(page, at):
                _load_at_once(token)
            if token.attributes:
                _rewrite_attributes(token, base, put)
        elif token.is_raw and kept and kept[-1].name == "style":
            token.text = rewrite_styles(token.text, partial(put, kind="asset"))
        kept.append(token)
    return kept


def _place(base: str, url: str, place: Place, reference: str, kind: Kind) -> str:
    """Return the reference in the copy. A fragment alone refers to the page itself, unless the base URL differs."""
    if not reference.strip() or len(reference) > MAX_REFERENCE_LENGTH or (reference.lstrip()[0] == "#" and base == url):
        return reference
    return place(base, reference, kind)


def _rewrite_attributes(tag: Token, base: str, put: _Put) -> None:
    if tag.name == "link":
        _rewrite_link(tag, base, put)
    for name, kind in _ADDRESSES.get(tag.name, ()):
        if name in tag.attributes:
            # Links with nofollow often trigger an action: a logout, a vote, an edit.
            refused = tag.name == "a" and "nofollow" in tag.get("rel").lower().split()
            tag.put(name, put(tag.get(name), kind="mention" if refused else kind))
    for name in _SETS:
        if name in tag.attributes:
            tag.put(name, rewrite_set(tag.get(name), partial(put, kind="asset")))
    if "style" in tag.attributes:
        tag.put("style", rewrite_styles(tag.get("style"), partial(put, kind="asset")))
    for name in _DROPPED.get(tag.name, ()):
        tag.drop(name)


def _load_at_once(tag: Token) -> None:
    for name, late in _LATE.items():
        found = next((tag.get(one) for one in late if tag.get(one).strip()), "")
        if found:
            tag.put(name, found)
        for one in late:
            tag.drop(one)


def _has_stand_in(page: Sequence[Token], at: int) -> bool:
    """Return whether a noscript element follows, which has the image for pages without scripts."""
    following = (token for token in page[at + 1 : at + 3] if token.kind != "text" or token.text.strip())
    token = next(following, None)
    return token is not None and token.name == "noscript" and token.kind == "start"


def _is_useless(tag: Token) -> bool:
    words = tag.get("rel").lower().split()
    return bool(_USELESS_LINKS & set(words)) or ("preload" in words and tag.get("as").lower() == "script")


def _rewrite_link(tag: Token, base: str, put: _Put) -> None:
    words = frozenset(tag.get("rel").lower().split())
    if "href" not in tag.attributes:
        return
    if words & _NAMES_OF_THE_PAGE:
        if len(tag.get("href")) <= MAX_REFERENCE_LENGTH:
            tag.put("href", _joined(base, tag.get("href")))
        return
    tag.put("href", href := put(tag.get("href"), kind=_kind_of_link(tag, words)))
    # The integrity digest does not match the rewritten style sheet.
    if href.startswith("/") and not href.startswith("//"):
        tag.drop("integrity")


def _joined(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference


def _kind_of_link(tag: Token, words: frozenset[str]) -> Kind:
    if words & _NEEDED_LINKS:
        return "asset"
    if "alternate" in words:
        return "asset" if tag.get("type").lower() in _FEEDS else "page"
    return "mention"


def _is_refused(tag: Token, put: _Put) -> bool:
    """Rewrite a refresh's URL; remove a refresh that only reloads the page, since a saved page does not change."""
    if tag.get("http-equiv").lower() != "refresh":
        return False
    found = rewrite_refresh(tag.get("content"), partial(put, kind="page"))
    if found is not None:
        tag.put("content", found)
    return found is None
