"""Rewrites a page of the site for the copy: it looks the same, says that it is a copy, and needs no origin.

Script elements and event handlers are removed where they are found, since the copy has to work without them. This is
not a security measure: a script may remain in a `javascript:` link, in `srcdoc`, or in markup that a browser parses
differently from `html_tokens`, such as a style element in SVG, or CDATA in XHTML. It would run on the site's own
origin, with its visitors' cookies, and without the original's own policy. The header `Content-Security-Policy` with
`script-src 'none'`, which the macro's `inline/serve_saved_site.py` sends with every response, prevents scripts from
running. Content for visitors without scripting is shown.
"""

from collections.abc import Sequence
from urllib.parse import urljoin

from saved_site.analytics import is_analytics
from saved_site.forms import replace_forms
from saved_site.html_tokens import Token, start_tag, tokens
from saved_site.protection import is_kept_out_by_robots
from saved_site.references import MAX_REFERENCE_LENGTH, Place, rewrite_references
from saved_site.saved_page_banner import MARK, Notices, banner, room

# The site's policy would block the banner's style: the copy is served with a separate policy.
_DROPPED_METAS = (
    "content-type",
    "content-security-policy",
    "content-security-policy-report-only",
    "x-webkit-csp",
    "set-cookie",
)
# Elements that may be in or around a head: any other element starts the body.
_HEAD = frozenset(("html", "head", "title", "meta", "link", "style", "base", "template"))

# A token takes about 500 bytes of memory. The largest pages in practice have some 100,000 tags.
MAX_TAGS = 800_000


class UnreadablePageError(Exception):
    """The page is not saved; the message says why."""


class SavedCopyError(Exception):
    """The page is a saved page: the site is down, and its copy responds."""


def rewrite_page(text: str, url: str, place: Place, notices: Notices, *, xml: bool = False) -> bytes:
    """Return the page at `url`, rewritten for the copy, in UTF-8.

    Raises SavedCopyError, and UnreadablePageError for a page that is too large or forbids copies.
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
            raise SavedCopyError("a saved copy responds instead of the site")
        if is_kept_out_by_robots(token.get("name"), token.get("content")):
            raise UnreadablePageError("its robots meta element says noarchive")


def _base(page: Sequence[Token], url: str) -> str:
    """Return the page's base URL."""
    hrefs = (token.get("href").strip() for token in page if token.kind == "start" and token.name == "base")
    href = next(filter(None, hrefs), "")
    try:
        return urljoin(url, href) if len(href) <= MAX_REFERENCE_LENGTH else url
    except ValueError:
        return url


def _without_scripts(page: Sequence[Token]) -> list[Token]:
    """Return a page without scripts, event handlers, analytics, encoding declarations, policies and base elements.

    Scripts in other places remain; the module's docstring says what prevents them from running.
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
        # In the copy, references start at the root.
        tag.drop("href")
        return not tag.attributes
    return tag.name == "img" and is_analytics(tag.get("src"))


def _assembled(page: Sequence[Token], notices: Notices) -> str:
    """Return a page as text, with the banner first in its body, and the banner's head elements first in its head."""
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
    """Return where the head starts, in a page whose body starts at `content`."""
    opened = {token.name: at + 1 for at, token in reversed(list(enumerate(page[:content]))) if token.kind == "start"}
    for name in ("head", "html"):
        if name in opened:
            return opened[name]
    return next((at for at in range(content) if page[at].kind == "start"), content)


def _first_of_body(page: Sequence[Token]) -> int:
    """Return where the body starts: after its tag, or before the first element that can't be in a head."""
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
