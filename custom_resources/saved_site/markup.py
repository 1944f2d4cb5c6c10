"""HTML in and out: a tree that survives what is broken, and text that a browser reads as it read the original.

html.parser and not html5lib: it takes time and memory in proportion to the page, whatever is in it; html5lib took 19
seconds and 800 MB for 9 KB of unclosed elements. What it lacks is the end of a paragraph that nobody wrote.
"""

import warnings
from typing import Any

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.dammit import EntitySubstitution
from bs4.element import Tag
from bs4.exceptions import ParserRejectedMarkup
from bs4.formatter import HTMLFormatter

# A start tag of these ends an open paragraph. Source: HTML, "optional tags".
_BLOCKS = """
address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5
h6 header hgroup hr main menu nav ol p pre search section table ul
"""
_ENDS_PARAGRAPH = frozenset(_BLOCKS.split())
_HIDES_PARAGRAPH = frozenset(("td", "th", "caption", "button", "object", "template", "foreignobject"))
# Inline elements within inline elements: nobody nests deeper on purpose.
_DEEPEST_INLINE = 50

# What may stand in a head, or around it: the page itself begins with anything else.
_HEAD = frozenset(("html", "head", "title", "meta", "link", "style", "script", "base", "noscript", "template"))


# A tree takes about 1 KB of memory for each of its elements, which are half of the tags; the largest pages that people
# read, and complain about, have some 50,000.
MOST_TAGS = 800_000


class UnreadablePageError(Exception):
    """Markup that even a forgiving parser gave up on, or would take too much memory for."""


class _Page(BeautifulSoup):
    def handle_starttag(self, name: str, *arguments: Any, **more: Any) -> Tag | None:
        if name in _ENDS_PARAGRAPH and self._paragraph_is_open():
            self.endData()
            self._popToTag("p")
        return super().handle_starttag(name, *arguments, **more)

    def _paragraph_is_open(self) -> bool:
        element: Tag | None = self.currentTag
        for _ in range(_DEEPEST_INLINE):
            if element is None or (element.name in _ENDS_PARAGRAPH and element.name != "p"):
                return False
            if element.name == "p":
                return True
            if element.name in _HIDES_PARAGRAPH:
                return False
            element = element.parent
        return False


class _AsWritten(HTMLFormatter):
    """Leaves attributes in their order, and escapes only what must be."""

    def __init__(self) -> None:
        super().__init__(entity_substitution=EntitySubstitution.substitute_xml, void_element_close_prefix="")

    def attributes(self, tag: Tag) -> Any:
        return tag.attrs.items()


def parse(text: str) -> BeautifulSoup:
    """Return a page's tree. Raises UnreadablePageError."""
    if text.count("<") > MOST_TAGS:
        raise UnreadablePageError(f"its HTML has more than {MOST_TAGS} tags")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        try:
            # Attributes stay the text that they are, instead of lists of words.
            return _Page(text.lstrip("\ufeff"), "html.parser", multi_valued_attributes=None)
        except (ParserRejectedMarkup, RecursionError, AssertionError) as error:
            raise UnreadablePageError(f"its HTML can't be read: {str(error)[:100]}") from None


def write(page: BeautifulSoup) -> str:
    """Return a tree as text."""
    return page.decode(formatter=_AsWritten())


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute's text; empty if there is none."""
    value = tag.get(name)
    return value if isinstance(value, str) else ""


def put_into_head(page: BeautifulSoup, tag: Tag) -> None:
    """Put an element first into the head, or where a head would be."""
    if page.head:
        page.head.insert(0, tag)
    elif page.html:
        page.html.insert(0, tag)
    else:
        _before_first(page, tag, frozenset())


def put_into_body(page: BeautifulSoup, tag: Tag) -> None:
    """Put an element first into the body, or where a body would begin. A frameset has no body: nothing is put."""
    if page.find("frameset"):
        return
    if page.body:
        page.body.insert(0, tag)
    else:
        _before_first(page, tag, _HEAD)


def _before_first(page: BeautifulSoup, tag: Tag, passed_over: frozenset[str]) -> None:
    for element in page.find_all(True):
        if element.name not in passed_over and not element.find_parent("head"):
            element.insert_before(tag)
            return
    (page.html or page).append(tag)
