"""Rewrites what a style sheet asks for: url(), @import and image-set()."""

from collections.abc import Callable, Sequence
from typing import Any

import tinycss2
import tinycss2.serializer

from saved_site.decode import charset

_URL_FUNCTIONS = ("url", "src")
_IMAGE_SETS = ("image-set", "-webkit-image-set")

# A reference as it stands there -> as it shall stand there.
Place = Callable[[str], str]


def rewrite_stylesheet(body: bytes, content_type: str, place: Place) -> str:
    """Return a style sheet with its references placed. Its text is found as browsers do (CSS Syntax, section 3.2)."""
    text, _ = tinycss2.bytes.decode_stylesheet_bytes(body, protocol_encoding=charset(content_type) or None)
    return rewrite_styles(text, place)


def rewrite_styles(text: str, place: Place) -> str:
    """Return CSS with its references placed: a style sheet, or what stands in a style attribute."""
    if "url" not in text.lower() and "@import" not in text.lower() and "image-set" not in text.lower():
        return text
    nodes = tinycss2.parse_component_value_list(text)
    _rewrite(nodes, place)
    written: str = tinycss2.serialize(nodes)
    return written


def _rewrite(nodes: Sequence[Any], place: Place, *, strings: bool = False) -> None:
    """Place what nodes ask for; with `strings`, every string among them is a reference."""
    importing = False
    for node in nodes:
        if node.type in ("whitespace", "comment"):
            continue
        if node.type == "url" or (node.type == "string" and (strings or importing)):
            _put(node, place(node.value))
        elif node.type == "function":
            _rewrite(node.arguments, place, strings=node.lower_name in (*_URL_FUNCTIONS, *_IMAGE_SETS))
        elif node.type in ("() block", "[] block", "{} block"):
            _rewrite(node.content, place)
        importing = node.type == "at-keyword" and node.lower_value == "import"


def _put(node: Any, value: str) -> None:
    # Written into a style element, an escaped "</style>" must not become a real one.
    value = value.replace("<", "%3C")
    node.value = value
    quoted = f'"{tinycss2.serializer.serialize_string_value(value)}"'
    node.representation = quoted if node.type == "string" else f"url({quoted})"
