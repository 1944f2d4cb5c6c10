"""Rewrites the references in a style sheet: url(), @import and image-set(). Everything else is kept unchanged.

Source: CSS Syntax Module Level 3, "Tokenization". Open brackets are kept on a list, so nesting needs no recursion.
"""

import re
from collections.abc import Callable

import webencodings

from saved_site.decode import charset
from saved_site.scan import Scan

# Original reference -> reference in the copy.
Place = Callable[[str], str]

# Functions whose string arguments are references.
_OF_STRINGS = ("url", "src", "image-set", "-webkit-image-set")
_MAX_NAME_LENGTH = max(map(len, _OF_STRINGS))
_IN_NAME = re.compile(r"[-_a-zA-Z0-9\x80-\U0010ffff]")

_MARKS = re.compile(r"""[/"'\\()\[\]{}@;]""")
_STRING_MARKS = re.compile(r"""["'\\\n\r\f]""")
_URL_MARKS = re.compile(r"""["'()\\ \t\n\r\f]""")
_BAD_URL_MARKS = re.compile(r"[)\\]")
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_NOT_HEXADECIMAL = re.compile(r"[^0-9a-fA-F]")
_CHARSET = b'@charset "'


def rewrite_stylesheet(body: bytes, content_type: str, place: Place) -> str:
    """Return a style sheet with its references rewritten. It is decoded as in browsers (CSS Syntax, section 3.2)."""
    label = charset(content_type)
    if not label and body.startswith(_CHARSET):
        label = body[len(_CHARSET) : 1024].partition(b'"')[0].decode("ascii", "replace")
        # A style sheet whose declaration can be read as ASCII is not UTF-16.
        label = "utf-8" if label.lower().startswith("utf-16") else label
    encoding = webencodings.lookup(label.strip()) if label.strip() else None
    text: str = webencodings.decode(body, encoding or webencodings.UTF8, "replace")[0]
    return rewrite_styles(text, place)


def rewrite_styles(text: str, place: Place) -> str:
    """Return CSS with its references rewritten: a style sheet, or the value of a style attribute."""
    lower = text.lower()
    if not any(word in lower for word in ("url", "src", "@import", "image-set")):
        return text
    return _Sheet(text, place).written()


class _Sheet:
    def __init__(self, text: str, place: Place) -> None:
        self._scan = Scan(text)
        self._place = place
        self._parts: list[str] = []
        # The closing character of each open bracket, and whether strings within it are references.
        self._open: list[tuple[str, bool]] = []
        self._importing = False

    def written(self) -> str:
        scan = self._scan
        while not scan.is_done:
            before = scan.until(_MARKS)
            self._parts.append(before)
            if before.strip():
                self._importing = False
            mark = scan.peek()
            if mark in ('"', "'"):
                self._string(mark)
            elif mark == "(":
                self._bracket(before)
            elif scan.starts("/*"):
                self._parts.append(scan.take(2) + scan.through("*/"))
            elif mark == "@":
                self._at_keyword()
            else:
                self._other(mark)
        return "".join(self._parts)

    def _other(self, mark: str) -> None:
        if mark in _CLOSES:
            self._open.append((_CLOSES[mark], False))
        elif self._open and mark == self._open[-1][0]:
            self._open.pop()
        self._importing = False
        self._parts.append(self._scan.take(2 if mark == "\\" else 1))

    def _at_keyword(self) -> None:
        self._parts.append(self._scan.take())
        name = self._scan.peek(len("import") + 1).lower()
        self._importing = name[:6] == "import" and not _IN_NAME.match(name[6:])
        self._parts.append(self._scan.take(len("import")) if self._importing else "")

    def _bracket(self, before: str) -> None:
        scan = self._scan
        name = before[-_MAX_NAME_LENGTH - 1 :].lower()
        function = next((one for one in _OF_STRINGS if _ends_in_name(name, one)), "")
        self._parts.append(scan.take())
        self._importing = False
        if function == "url":
            self._parts.append(space := _space(scan))
            if scan.peek() not in ('"', "'"):
                self._url(space)
                return
        self._open.append((")", bool(function)))

    def _url(self, space: str) -> None:
        """Rewrite an unquoted reference and move past its bracket. An invalid one is kept unchanged."""
        scan, start = self._scan, self._scan.at
        while scan.until(_URL_MARKS) is not None and scan.peek() == "\\":
            scan.at += 2
        value = scan.text[start : scan.at]
        after = _space(scan)
        if scan.is_done or scan.peek() == ")":
            if space:
                self._parts.pop()
            self._parts.append(_quoted(self._place(unescape(value))) + ")")
            scan.at += 1
            return
        while scan.until(_BAD_URL_MARKS) is not None and scan.peek() == "\\":
            scan.at += 2
        scan.at += 1
        self._parts.append(value + after + scan.text[start + len(value) + len(after) : scan.at])

    def _string(self, quote: str) -> None:
        scan, start = self._scan, self._scan.at
        scan.at += 1
        while scan.until(_STRING_MARKS) is not None and scan.peek() not in ("", quote, "\n", "\r", "\f"):
            scan.at += 2 if scan.peek() == "\\" else 1
        whole = scan.is_done or scan.peek() == quote
        value = scan.text[start + 1 : scan.at]
        scan.at += whole
        is_reference = self._importing or (self._open[-1][1] if self._open else False)
        self._importing = False
        if whole and is_reference:
            self._parts.append(_quoted(self._place(unescape(value))))
        else:
            self._parts.append(scan.text[start : scan.at])


def unescape(value: str) -> str:
    """Return the value of a CSS string or URL."""
    scan, parts = Scan(value), []
    while (start := scan.find("\\")) >= 0:
        parts.append(scan.move(start))
        scan.at += 1
        digits = _NOT_HEXADECIMAL.split(scan.peek(6), maxsplit=1)[0]
        if digits:
            scan.at += len(digits)
            code = int(digits, 16)
            parts.append(chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd")
            scan.at += 1 if scan.peek() and scan.peek() in " \t\n\r\f" else 0
        else:
            parts.append(scan.take().strip("\n\r\f"))
    return "".join((*parts, scan.move(scan.end)))


def _space(scan: Scan) -> str:
    start = scan.at
    scan.skip_space()
    return scan.text[start : scan.at]


def _ends_in_name(text: str, name: str) -> bool:
    return text.endswith(name) and not _IN_NAME.match(text[: -len(name)][-1:])


def _quoted(value: str) -> str:
    # In a style element, an escaped "</style>" must stay escaped.
    value = value.replace("<", "%3C").replace("\\", "\\\\").replace('"', '\\"')
    return '"' + value.replace("\n", "\\a ").replace("\r", "\\d ").replace("\f", "\\c ") + '"'
