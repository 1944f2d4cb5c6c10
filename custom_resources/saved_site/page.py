"""A page of the site as a page of the copy: it looks the same, says what it is, and asks the origin for nothing."""

from urllib.parse import urljoin

from bs4 import BeautifulSoup

from saved_site.markup import attribute, parse, put_into_head, write
from saved_site.notices import Notices, is_saved_copy, put_banner, replace_forms
from saved_site.references import Place, rewrite_references
from saved_site.script import is_analytics

# The policy was the whole site's; it would forbid the banner's style, and there is nothing left that it could protect.
_POLICIES = ("content-security-policy", "content-security-policy-report-only", "x-webkit-csp")


class SavedCopyError(Exception):
    """The page is one that we saved: the site is down, and its copy answers."""


def rewrite_page(text: str, url: str, place: Place, notices: Notices) -> bytes:
    """Return the saved page, in UTF-8, of the page at `url`.

    Raises SavedCopyError, and UnreadablePageError of `markup`.
    """
    page = parse(text)
    if is_saved_copy(page):
        raise SavedCopyError("a saved copy answers in place of the site")
    base = _take_base(page, url)
    _remove_metas(page)
    _remove_analytics(page)
    replace_forms(page, notices)
    rewrite_references(page, base, url, place)
    _remove_foreign_scripts(page)
    put_banner(page, notices)
    put_into_head(page, page.new_tag("meta", attrs={"charset": "utf-8"}))
    return write(page).encode("utf-8", "replace")


def _take_base(page: BeautifulSoup, url: str) -> str:
    """Return what references are relative to, and take it off the page: in the copy they begin at the root."""
    base = ""
    for tag in page.find_all("base"):
        href = attribute(tag, "href").strip()
        if href and not base:
            base = urljoin(url, href)
        tag.attrs.pop("href", None)
        if not tag.attrs:
            tag.extract()
    return base or url


def _remove_metas(page: BeautifulSoup) -> None:
    """Remove the encoding, which is ours now, and policies."""
    for tag in page.find_all("meta"):
        if tag.has_attr("charset") or attribute(tag, "http-equiv").lower() in ("content-type", *_POLICIES):
            tag.extract()


def _remove_analytics(page: BeautifulSoup) -> None:
    for tag in page.find_all(["script", "iframe", "img"]):
        if is_analytics(attribute(tag, "src")) or (tag.name == "script" and is_analytics(tag.get_text())):
            tag.extract()


def _remove_foreign_scripts(page: BeautifulSoup) -> None:
    """Remove scripts of other hosts, and what loads them early: the page must not depend on anybody else."""
    for tag in page.find_all(["script", "link"]):
        source = attribute(tag, "src" if tag.name == "script" else "href").lower()
        words = attribute(tag, "rel").lower().split()
        loads_script = "modulepreload" in words or ("preload" in words and attribute(tag, "as").lower() == "script")
        if source.startswith(("http:", "https:", "//")) and (tag.name == "script" or loads_script):
            tag.extract()
