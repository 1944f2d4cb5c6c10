"""HTML as a list of tokens, each with its original text. Source: HTML, "Tokenization".

Tokens instead of a tree: unchanged parts keep their original text, errors included, and browsers repair them as they
repair the original page. Time and memory are proportional to the page's length.
"""

import html
import re
from dataclasses import dataclass, field
from typing import Literal

from saved_site.scan import Scan

# Elements with text up to the end tag. Source: HTML, "The rules for parsing tokens in HTML content" (raw text,
# RCDATA; without scripting, noscript is not one of them).
RAW_TEXT = frozenset(("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"))
VOID = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
        *("param", "basefont", "bgsound", "frame"),
    )
)

_NAME_ENDS = re.compile(r"[ \t\n\r\f/>]")
_BETWEEN_ATTRIBUTES = " \t\n\r\f/"
_ATTRIBUTE_STARTS = re.compile(r"[^ \t\n\r\f/]")
_ATTRIBUTE_ENDS = re.compile(r"[ \t\n\r\f/>=]")
_VALUE_ENDS = re.compile(r"[ \t\n\r\f>]")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_REFERENCE_ENDS = re.compile(r"[^a-zA-Z0-9#]")
# The longest character reference has 31 letters ("Named character references"); numeric ones are shorter.
_MAX_REFERENCE_LENGTH = 32


@dataclass(slots=True)
class Token:
    """A token of a page. Tags have a `name` and `attributes`, with names in lower case.

    `text` is the original text; `changed` start tags are written from their attributes instead. `empty` tags are
    self-closing.
    """

    kind: Literal["text", "start", "end", "other"]
    text: str
    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    is_raw: bool = False
    empty: bool = False
    changed: bool = False

    def get(self, name: str) -> str:
        """Return an attribute's value; empty if it is missing."""
        return self.attributes.get(name, "")

    def put(self, name: str, value: str) -> None:
        """Set an attribute."""
        if self.attributes.get(name) != value:
            self.attributes[name] = value
            self.changed = True

    def drop(self, name: str) -> None:
        """Remove an attribute if it exists."""
        if self.attributes.pop(name, None) is not None:
            self.changed = True

    def write(self) -> str:
        """Return the token as text."""
        if not self.changed:
            return self.text
        end = f"</{self.name}>" if self.empty and self.name not in VOID else ""
        return start_tag(self.name, self.attributes) + end


def start_tag(name: str, attributes: dict[str, str]) -> str:
    """Return a start tag."""
    return f"<{name}" + "".join(f" {key}{_written(value)}" for key, value in attributes.items()) + ">"


def _written(value: str) -> str:
    return '="' + value.replace("&", "&amp;").replace('"', "&quot;") + '"' if value else '=""'


def tokens(text: str, *, xml: bool = False) -> list[Token]:
    """Return a page's tokens. `xml`: tags may be self-closing, as in SVG and MathML, unlike in HTML."""
    scan = Scan(text)
    found: list[Token] = []
    foreign = 0
    while not scan.is_done:
        if before := scan.move(_next_tag(scan)):
            found.append(Token("text", before))
            if scan.is_done:
                break
        token = _markup(scan, xml=xml or foreign > 0)
        if token is None:  # browsers ignore a tag that the page's end cuts off
            break
        found.append(token)
        if token.name in ("svg", "math"):
            foreign = max(foreign + (1 if token.kind == "start" else -1), 0)
        if token.kind != "start":
            continue
        token.empty = token.text.endswith("/>") and (xml or foreign > 0)
        if token.empty:
            token.changed = xml and token.name not in VOID
            foreign -= token.name in ("svg", "math")
        elif token.name in RAW_TEXT:
            found.append(Token("text", _raw_text(scan, token.name), is_raw=True))
        elif token.name == "plaintext":
            found.append(Token("text", scan.move(scan.end), is_raw=True))
    return found


def unescape(value: str) -> str:
    """Return text with its character references decoded: those that end with a semicolon, as all valid ones do."""
    if "&" not in value:
        return value
    scan, parts = Scan(value), []
    while (start := scan.find("&")) >= 0:
        parts.append(scan.move(start))
        scan.at += 1
        name = scan.until(_REFERENCE_ENDS)
        if scan.peek() == ";" and name and len(name) <= _MAX_REFERENCE_LENGTH:
            scan.at += 1
            parts.append(html.unescape(f"&{name};"))
        else:
            parts.append("&" + name)
    return "".join((*parts, scan.move(scan.end)))


def _next_tag(scan: Scan) -> int:
    """Return where the next markup starts: a "<" without a letter or mark after it is text."""
    start = scan.find("<")
    while start >= 0:
        following = scan.text[start + 1 : start + 3]
        if following[:1] in _LETTERS or following[:1] in ("!", "?") or (following[:1] == "/" and len(following) == 2):
            return start
        start = scan.find("<", start + 1)
    return scan.end


def _markup(scan: Scan, *, xml: bool) -> Token | None:
    following = scan.peek(4)
    if following == "<!--":
        return Token("other", _comment(scan))
    if xml and scan.starts("<![cdata["):
        return Token("text", scan.through("]]>"))
    if following[1] in _LETTERS:
        return _tag(scan, "start", 1)
    if following[1] == "/" and following[2] in _LETTERS:
        return _tag(scan, "end", 2)
    return Token("other", scan.through(">"))


def _comment(scan: Scan) -> str:
    start = scan.at
    scan.at += 4
    if scan.starts(">") or scan.starts("->"):
        scan.through(">")
        return scan.text[start : scan.at]
    ends = [(found, word) for word in ("-->", "--!>") if (found := scan.find(word)) >= 0]
    end, word = min(ends, default=(scan.end, ""))
    scan.at = end + len(word)
    return scan.text[start : scan.at]


def _tag(scan: Scan, kind: Literal["start", "end"], name_at: int) -> Token | None:
    start = scan.at
    scan.at += name_at
    name = scan.until(_NAME_ENDS).lower()
    attributes: dict[str, str] = {}
    while (mark := scan.peek()) != ">":
        if not mark:
            return None
        if mark in _BETWEEN_ATTRIBUTES:
            scan.skip(_ATTRIBUTE_STARTS)
        else:
            key, value = _attribute(scan)
            attributes.setdefault(key, value)
    scan.at += 1
    return Token(kind, scan.text[start : scan.at], name, attributes if kind == "start" else {})


def _attribute(scan: Scan) -> tuple[str, str]:
    name = (scan.take() + scan.until(_ATTRIBUTE_ENDS)).lower()
    if scan.peek() != "=":
        scan.skip_space()
        if scan.peek() != "=":
            return name, ""
    scan.at += 1
    scan.skip_space()
    quote = scan.peek()
    if quote in ('"', "'"):
        scan.at += 1
        end = scan.find(quote)
        value = scan.move(scan.end if end < 0 else end)
        scan.at += 1
    else:
        value = scan.until(_VALUE_ENDS)
    return name, unescape(value)


def _raw_text(scan: Scan, name: str) -> str:
    """Return the text before an element's end tag; the rest of the page if there is none."""
    start = position = scan.at
    while (position := scan.find("</", position)) >= 0:
        after = scan.text[position + 2 : position + 3 + len(name)]
        if after[:-1].lower() == name and after[-1] in " \t\n\r\f/>":
            scan.at = position
            return scan.text[start:position]
        position += 2
    return scan.move(scan.end)
