"""Rewrites a response for the copy by its type: pages and style sheets; all other files are kept unchanged."""

import mimetypes
from urllib.parse import unquote, urlsplit

from saved_site.app_manifest import references_of_manifest
from saved_site.decode import charset, decode, decode_page, media_type
from saved_site.page import rewrite_page
from saved_site.references import MAX_REFERENCE_LENGTH, Place
from saved_site.saved_page_banner import Notices
from saved_site.stylesheet import rewrite_stylesheet

_XHTML = "application/xhtml+xml"
_PAGES = ("text/html", _XHTML)
_APP_MANIFESTS = ("application/manifest+json",)
# Longer than any registered type ("Media Types", IANA) with its parameters.
_MAX_TYPE_LENGTH = 200


def content_type_of(declared: str, body: bytes, path: str) -> str:
    """Return a response's type: by its header, else by its content, else by its name."""
    declared = declared.strip()
    if declared and declared.isascii() and declared.isprintable() and len(declared) <= _MAX_TYPE_LENGTH:
        return declared
    if body[:100].lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        return "text/html"
    return mimetypes.guess_type(path)[0] or "application/octet-stream"


def is_page(content_type: str) -> bool:
    """Return whether a type is that of a page."""
    return media_type(content_type) in _PAGES


def is_rewritten(content_type: str, url: str) -> bool:
    """Return whether a file's references are read; any other file is saved unchanged."""
    kind = media_type(content_type)
    return is_page(content_type) or kind == "text/css" or _is_app_manifest(kind, url)


def rewrite(body: bytes, content_type: str, url: str, place: Place, notices: Notices) -> tuple[bytes, str]:
    """Return the content to save and its type, with all references rewritten.

    Raises SavedCopyError and UnreadablePageError.
    """
    kind = media_type(content_type)
    if is_page(content_type):
        text = decode_page(body, content_type)
        return rewrite_page(text, url, place, notices, xml=kind == _XHTML), "text/html; charset=utf-8"
    if kind == "text/css":
        text = rewrite_stylesheet(body, content_type, lambda reference: _asset(place, url, reference))
        return text.encode("utf-8", "replace"), "text/css; charset=utf-8"
    if _is_app_manifest(kind, url):
        for reference in references_of_manifest(decode(body, charset(content_type))):
            _asset(place, url, reference)
    return body, content_type


def _asset(place: Place, url: str, reference: str) -> str:
    return place(url, reference, "asset") if reference.strip() and len(reference) <= MAX_REFERENCE_LENGTH else reference


def _is_app_manifest(kind: str, url: str) -> bool:
    return kind in _APP_MANIFESTS or unquote(urlsplit(url).path).endswith((".webmanifest", "/manifest.json"))
