"""Every place on a page that a browser takes an address from, rewritten to the saved copy."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal
from urllib.parse import urljoin

from saved_site.attribute_values import rewrite_refresh, rewrite_set
from saved_site.html_tokens import Token
from saved_site.stylesheet import rewrite_styles

# Why a page names an address: to lead there, because it needs it, or neither (it is rewritten, and not visited).
Kind = Literal["page", "asset", "mention"]
# (base URL, reference, kind) -> the reference as it shall stand in the copy.
Place = Callable[[str, str, Kind], str]

# A longer address is none: data stands in it, or nonsense. Source: RFC 9110, 4.1 (8,000 octets are understood).
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

# What scripts that load images late agree on. No script runs on a saved page, so that it loads them at once.
_LATE = {"src": ("data-src", "data-lazy-src", "data-original"), "srcset": ("data-srcset", "data-lazy-srcset")}
_LOADED_LATE = ("img", "source", "iframe", "video", "audio")

_ICONS = ("icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon")
_NEEDED_LINKS = frozenset((*_ICONS, "stylesheet", "manifest", "preload"))
# These only hurry the browser to where it may go next, load scripts, or name the page to others.
_USELESS_LINKS = frozenset(("prefetch", "prerender", "preconnect", "dns-prefetch", "pingback", "modulepreload"))
_NAMES_OF_THE_PAGE = frozenset(("canonical", "shortlink"))
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")

_Put = Callable[..., str]


def rewrite_references(page: Sequence[Token], base: str, url: str, place: Place) -> list[Token]:
    """Return a page's tokens with every reference placed, without the links that a copy has no use for.

    `base` is what references are relative to, `url` where the page is.
    """
    put = partial(_place, base, url, place)
    kept: list[Token] = []
    for at, token in enumerate(page):
        if token.kind == "start":
            if (token.name == "link" and _is_useless(token)) or (token.name == "meta" and _is_refused(token, put)):
                continue
            if token.name in _LOADED_LATE and not _has_stand_in(page, at):
                _load_at_once(token)
            _rewrite_attributes(token, base, put)
        elif token.is_raw and kept and kept[-1].name == "style":
            token.text = rewrite_styles(token.text, partial(put, kind="asset"))
        kept.append(token)
    return kept


def _place(base: str, url: str, place: Place, reference: str, kind: Kind) -> str:
    """Return a reference in the copy. A mere fragment is the page itself, unless a base element says otherwise."""
    if not reference.strip() or len(reference) > MAX_REFERENCE_LENGTH or (reference.lstrip()[0] == "#" and base == url):
        return reference
    return place(base, reference, kind)


def _rewrite_attributes(tag: Token, base: str, put: _Put) -> None:
    if tag.name == "link":
        _rewrite_link(tag, base, put)
    for name, kind in _ADDRESSES.get(tag.name, ()):
        if name in tag.attributes:
            # Links that no robot should follow are those that do something: a log-out, a vote, an edit.
            refused = tag.name == "a" and "nofollow" in tag.get("rel").lower().split()
            tag.put(name, put(tag.get(name), kind="mention" if refused else kind))
    for name in _SETS:
        if name in tag.attributes:
            tag.put(name, rewrite_set(tag.get(name), partial(put, kind="asset")))
    if "style" in tag.attributes:
        tag.put("style", rewrite_styles(tag.get("style"), partial(put, kind="asset")))
    # They would tell the origin of a click, and (long obsolete) keep pages that are not these.
    for name in {"a": ("ping",), "area": ("ping",), "html": ("manifest",)}.get(tag.name, ()):
        tag.drop(name)


def _load_at_once(tag: Token) -> None:
    for name, late in _LATE.items():
        found = next((tag.get(one) for one in late if tag.get(one).strip()), "")
        if found:
            tag.put(name, found)
        for one in late:
            tag.drop(one)


def _has_stand_in(page: Sequence[Token], at: int) -> bool:
    """Say whether a noscript element follows: it has the image for pages on which no script runs."""
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
    # The digest was that of the style sheet before its references were rewritten.
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
    """Let a refresh lead into the copy; refuse one that only loads the page again, which has nothing new to show."""
    if tag.get("http-equiv").lower() != "refresh":
        return False
    found = rewrite_refresh(tag.get("content"), partial(put, kind="page"))
    if found is not None:
        tag.put("content", found)
    return found is None
