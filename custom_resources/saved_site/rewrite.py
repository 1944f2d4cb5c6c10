"""What an answer becomes in the copy, by its type: pages and style sheets are rewritten, all else stays as it is."""

import mimetypes
from urllib.parse import unquote, urlsplit

from saved_site.decode import charset, decode, decode_page, media_type
from saved_site.fetch import Answer
from saved_site.notices import Notices
from saved_site.page import rewrite_page
from saved_site.references import Place
from saved_site.script import references_of_manifest, references_of_script
from saved_site.stylesheet import rewrite_stylesheet

_PAGES = ("text/html", "application/xhtml+xml")
# Source: RFC 9239, and what servers sent before it.
_SCRIPTS = ("text/javascript", "application/javascript", "application/x-javascript", "text/ecmascript")
_APP_MANIFESTS = ("application/manifest+json",)


def content_type_of(answer: Answer, path: str) -> str:
    """Return an answer's type: what it says, else what it looks like, else what its name says."""
    if answer.content_type.strip():
        return answer.content_type.strip()
    if answer.body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        return "text/html"
    return mimetypes.guess_type(path)[0] or "application/octet-stream"


def is_page(content_type: str) -> bool:
    """Say whether a type is that of a page."""
    return media_type(content_type) in _PAGES


def rewrite(body: bytes, content_type: str, url: str, place: Place, notices: Notices) -> tuple[bytes, str]:
    """Return what is saved of an answer, and its type, with all that it refers to placed.

    Raises SavedCopyError and UnreadablePageError.
    """
    kind = media_type(content_type)
    if is_page(content_type):
        return rewrite_page(decode_page(body, content_type), url, place, notices), "text/html; charset=utf-8"
    if kind == "text/css":
        text = rewrite_stylesheet(body, content_type, lambda reference: place(url, reference, "asset"))
        return text.encode("utf-8", "replace"), "text/css; charset=utf-8"
    if kind in _SCRIPTS:
        for reference in references_of_script(decode(body, charset(content_type))):
            place(url, reference, "asset")
    elif kind in _APP_MANIFESTS or unquote(urlsplit(url).path).endswith((".webmanifest", "/manifest.json")):
        for reference in references_of_manifest(decode(body, charset(content_type))):
            place(url, reference, "asset")
    return body, content_type
