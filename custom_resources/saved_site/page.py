"""A page of the site as a page of the copy: it looks the same, says what it is, and asks the origin for nothing.

Script elements and handlers of events are left out where they are found, since the copy shall work without them. This
is no protection: a script may stay in a `javascript:` link, in `srcdoc`, or in what a browser reads differently than
`html_tokens` does, as a style element in SVG, or CDATA in XHTML. It would run on the site's own origin, with its
visitors' cookies, and without the original's own policy. What keeps it from running is the header
`Content-Security-Policy`, with `script-src 'none'`, which the macro's `inline/serve_saved_site.py` sends with every
answer. What is there for visitors without scripts is shown.
"""

from collections.abc import Sequence
from urllib.parse import urljoin

from saved_site.analytics import is_analytics
from saved_site.forms import replace_forms
from saved_site.html_tokens import Token, start_tag, tokens
from saved_site.protection import is_kept_out_by_robots
from saved_site.references import MAX_REFERENCE_LENGTH, Place, rewrite_references
from saved_site.saved_page_banner import MARK, Notices, banner, room

# The policy was the whole site's, and would forbid the banner's style: the copy is served with one of its own.
_DROPPED_METAS = (
    "content-type",
    "content-security-policy",
    "content-security-policy-report-only",
    "x-webkit-csp",
    "set-cookie",
)
# What may stand in a head, or around it: the page itself begins with anything else.
_HEAD = frozenset(("html", "head", "title", "meta", "link", "style", "base", "template"))

# A token takes about 500 bytes of memory; the largest pages that people read, and complain about, have some 100,000.
MAX_TAGS = 800_000


class UnreadablePageError(Exception):
    """The page is not saved; the text says why."""


class SavedCopyError(Exception):
    """The page is one that we saved: the site is down, and its copy answers."""


def rewrite_page(text: str, url: str, place: Place, notices: Notices, *, xml: bool = False) -> bytes:
    """Return the saved page, in UTF-8, of the page at `url`.

    Raises SavedCopyError, and UnreadablePageError for one that is too large, or asks not to be kept.
    """
    if text.count("<") > MAX_TAGS:
        raise UnreadablePageError(f"its HTML has more than {MAX_TAGS} tags")
    page = tokens(text.lstrip("\ufeff"), xml=xml)
    _refuse(page)
    base = _base(page, url)
    kept = replace_forms(_without_scripts(page), notices)
    kept = [token for token in rewrite_references(kept, base, url, place) if token.name != "noscript"]
    return _assembled(kept, notices).encode("utf-8", "replace")


def _refuse(page: Sequence[Token]) -> None:
    for token in page:
        if token.kind != "start" or token.name != "meta":
            continue
        if token.get("name").lower() == MARK:
            raise SavedCopyError("a saved copy answers in place of the site")
        if is_kept_out_by_robots(token.get("name"), token.get("content")):
            raise UnreadablePageError("its robots meta element says noarchive")


def _base(page: Sequence[Token], url: str) -> str:
    """Return what references are relative to."""
    hrefs = (token.get("href").strip() for token in page if token.kind == "start" and token.name == "base")
    href = next(filter(None, hrefs), "")
    try:
        return urljoin(url, href) if len(href) <= MAX_REFERENCE_LENGTH else url
    except ValueError:
        return url


def _without_scripts(page: Sequence[Token]) -> list[Token]:
    """Return a page without scripts, handlers of events, statistics, encodings, policies and base addresses.

    Scripts that a browser finds elsewhere stay: see above what keeps them from running.
    """
    kept: list[Token] = []
    dropping = ""
    for token in page:
        if dropping:
            dropping = "" if token.kind == "end" and token.name == dropping else dropping
            continue
        if token.kind == "start":
            if token.name == "script" or (token.name == "iframe" and is_analytics(token.get("src"))):
                dropping = "" if token.empty else token.name
                continue
            if _is_dropped(token):
                continue
            for name in [name for name in token.attributes if name.startswith("on")]:
                token.drop(name)
        kept.append(token)
    return kept


def _is_dropped(tag: Token) -> bool:
    if tag.name == "meta":
        return "charset" in tag.attributes or tag.get("http-equiv").strip().lower() in _DROPPED_METAS
    if tag.name == "base":
        # In the copy references begin at the root.
        tag.drop("href")
        return not tag.attributes
    return tag.name == "img" and is_analytics(tag.get("src"))


def _assembled(page: Sequence[Token], notices: Notices) -> str:
    """Return a page as text, with the banner at the top of its body, and what belongs to it first in the head."""
    head = (
        start_tag("meta", {"charset": "utf-8"})
        + start_tag("meta", {"name": MARK, "content": notices.moment})
        + f"<style>{room(notices)}</style>"
    )
    content = _first_of_body(page)
    top = _first_of_head(page, content)
    # A frameset has no body.
    frameset = any(token.kind == "start" and token.name == "frameset" for token in page)
    inserted = {top: head}
    if not frameset:
        inserted[content] = inserted.get(content, "") + banner(notices)
    parts: list[str] = []
    for at, token in enumerate(page):
        parts += (inserted.get(at, ""), token.write())
    return "".join((*parts, inserted.get(len(page), "")))


def _first_of_head(page: Sequence[Token], content: int) -> int:
    """Return where the head begins, of a page whose body begins at `content`."""
    opened = {token.name: at + 1 for at, token in reversed(list(enumerate(page[:content]))) if token.kind == "start"}
    for name in ("head", "html"):
        if name in opened:
            return opened[name]
    return next((at for at in range(content) if page[at].kind == "start"), content)


def _first_of_body(page: Sequence[Token]) -> int:
    """Return where the body begins: after its tag, or before the first of what can't stand in a head."""
    templates = 0
    for at, token in enumerate(page):
        if token.name == "template":
            templates = max(templates + (1 if token.kind == "start" else -1), 0)
        elif templates:
            continue
        elif token.kind == "start" and token.name == "body":
            return at + 1
        elif (token.kind == "start" and token.name not in _HEAD) or _is_text(page, at):
            return at
    return len(page)


def _is_text(page: Sequence[Token], at: int) -> bool:
    token = page[at]
    return token.kind == "text" and not token.is_raw and bool(token.text.strip())
