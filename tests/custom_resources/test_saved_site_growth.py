"""What is read from the web is read in time that grows with its length: twice the input is twice the work at most.

Inputs that made backtracking patterns, recursion, or searches that begin anew take minutes; counted in steps (`steps`).
"""

import importlib
import pkgutil
import re
from collections.abc import Callable
from contextlib import suppress
from re import _parser  # type: ignore[attr-defined]

import pytest

import saved_site
from saved_site.addresses import UnusableAddressError, own_address, resolve
from saved_site.attribute_values import rewrite_refresh, rewrite_set
from saved_site.decode import charset, decode_page
from saved_site.html_tokens import tokens, unescape
from saved_site.page import rewrite_page
from saved_site.protection import HEADERS, reason_to_leave_out
from saved_site.references import MAX_REFERENCE_LENGTH
from saved_site.robots import Robots, matches, parse
from saved_site.saved_page_banner import Notices
from saved_site.stylesheet import rewrite_styles, rewrite_stylesheet
from tests.custom_resources.captures import TIME
from tests.custom_resources.steps import steps

NOTICES = Notices("Saved {time}", "No.", TIME)
# Far more than enough: what begins anew for each piece takes a hundred times of what is allowed.
SIZE = 400
# What does not depend on the input: a page's banner, an import.
FIXED = 1_000

Work = Callable[[str], object]


def same(reference: str) -> str:
    return reference


def page(text: str) -> object:
    return rewrite_page(text, "https://www.example.com/", lambda _base, reference, _kind: reference, NOTICES)


def headers(text: str) -> object:
    return [reason_to_leave_out({name: text}, "text/html") for name in HEADERS]


SETS = (",", ", ", "a(", "a (", "a ((,", "a ), ", "x,y ", " ", "a 1x,", "(", "a,", ",a ")
REFRESHES = (" ", '"', "'", "0", "0 ", "0;", "0;url", "0 url=", '0;url="', "0;url=''", ".", ",;")
STYLES = (
    *("(", "{", "[", "url(", "url(x)(", "url('", 'url("', "url( ", "url(a ", "url(a\\", "image-set(", "@import ", "@"),
    *(
        "'",
        '"',
        "\\",
        "/*",
        "/",
        "*/",
        "/* */",
        "<!--",
        "'\n",
        "'\\\n",
        "url(a(",
        "-",
        "a",
        "\\61 ",
        ")",
        "};{",
        "url()",
    ),
)
PAGES = (
    *(
        "<",
        "<a ",
        "<a",
        "</",
        "</a ",
        "<!",
        "<!-",
        "<!--",
        "<!-->",
        "<!-- --!>",
        "<!-- -->",
        "<?",
        "<![CDATA[",
        "&",
        "&#",
    ),
    *("<a b", "<a b=", "<a b='", '<a b="', "<a b=c", "<a/", "<a =", "x", "\0", " ", '"', "<a>'", "&amp", "&amp;", "&;"),
    *(
        "<script>",
        "<script></",
        "<script></script>",
        "<style>",
        "<style></styl",
        "<title>",
        "<textarea></x>",
        "<iframe>",
    ),
    *("<form>", "<form></form>", "</form>", "<form><div>", "<form><h1>", "<form><input>", "<form method=dialog>"),
    *("<div>", "<b><p>", "</div>", "<svg>", "<svg><svg/>", "</svg>", "<math><script/>", "<template>", "</template>"),
    *(
        "<meta charset>",
        "<base href=x>",
        "<link rel=prefetch>",
        "<br>",
        "<noscript>",
        "<img data-src=a>",
        "<plaintext>",
    ),
    *(
        "<head>",
        "<body>",
        "<html>",
        "<frameset>",
        "<meta http-equiv=refresh content='0",
        "<p onclick=x>",
        "<a onx onx ",
    ),
    *(
        "<p style='url((((",
        "<img srcset=',",
        "<img srcset=a(",
        "<!doctype",
        "<!DOCTYPE html>",
        "<meta name=robots content=",
    ),
)
ROBOTS = (
    *("\n", ":", "#", "user-agent:*\n", "user-agent:x\n", "disallow:/\n", "user-agent:*\ndisallow:/\n", "a", "a:"),
    *("crawl-delay:1\n", "user-agent:*\nuser-agent:ResilientWebsite-SavedSite\ndisallow:*\n", " "),
)

KINDS: tuple[tuple[str, Work, tuple[str, ...]], ...] = (
    ("set", lambda text: rewrite_set(text, same), SETS),
    ("refresh", lambda text: rewrite_refresh(text, same), REFRESHES),
    ("refresh, after a number", lambda text: rewrite_refresh("0" + text + '"""x"', same), REFRESHES),
    ("style", lambda text: rewrite_styles("url" + text, same), STYLES),
    ("style sheet", lambda text: rewrite_stylesheet(f'@charset "x";{text}url'.encode(), "text/css", same), STYLES),
    ("tokens", tokens, PAGES),
    ("page", page, PAGES),
    ("page in a tag", lambda text: page("<p title='" + text), PAGES),
    ("encoding", lambda text: decode_page(text.encode(), "text/html"), PAGES),
    ("references to characters", unescape, ("&", "&#", "&a", "&a;", "&#1;", "&amp;", "&" + "9" * 40)),
    ("robots.txt", lambda text: parse("user-agent: *\n" + text[:8_000]), ROBOTS),
    ("charset", charset, (";", '"', ';"', "charset=", ";charset=", '="', "\\", '\\"')),
    ("headers", headers, (",", ";", '"', "sandbox", ":", "none:", " ", "a,", "private=")),
)
CASES = [(name, work, piece) for name, work, pieces in KINDS for piece in pieces]


@pytest.mark.parametrize(("name", "work", "piece"), CASES, ids=[f"{name}: {piece!r}" for name, _, piece in CASES])
def test_twice_the_input_is_twice_the_work(name: str, work: Work, piece: str) -> None:
    assert name
    once = steps(lambda: work(piece * SIZE))
    twice = steps(lambda: work(piece * (2 * SIZE)))
    assert twice <= 2.2 * once + FIXED


def test_steps_see_what_is_quadratic() -> None:
    """The measure itself: searches that begin anew, slices, and lines are all seen."""
    from saved_site.scan import Scan

    def searches(text: str) -> None:
        scan = Scan(text)
        for scan.at in range(len(text)):
            scan.text.find("y", scan.at)

    def slices(text: str) -> None:
        scan = Scan(text)
        for scan.at in range(len(text)):
            scan.move(scan.end)

    def looks(text: str) -> None:
        scan, pattern = Scan(text), re.compile("[y]")
        for scan.at in range(len(text)):
            scan._search(pattern)

    for work in (searches, slices, looks):
        assert steps(lambda work=work: work("x" * 600)) > 3 * steps(lambda work=work: work("x" * 300))  # type: ignore[misc]


def test_patterns_are_single_classes() -> None:
    """A pattern that is one class of characters can't backtrack."""
    found = {
        f"{module.name}.{name}": value.pattern
        for module in pkgutil.iter_modules(saved_site.__path__, "saved_site.")
        for name, value in vars(importlib.import_module(module.name)).items()
        if isinstance(value, re.Pattern)
    }
    # It is compared with names that this code has given.
    del found["saved_site.versions._VERSION"]
    assert len(found) > 10
    for name, pattern in found.items():
        assert len(_parser.parse(pattern)) == 1, (name, pattern)
        assert str(_parser.parse(pattern)[0][0]) in ("IN", "NOT_LITERAL", "LITERAL"), (name, pattern)


@pytest.mark.parametrize("pattern", ["*a", "a*", "*", "*a*", "/*$", "*a*b$"])
def test_a_rule_of_robots_txt_takes_time_in_proportion_to_the_path(pattern: str) -> None:
    once = steps(lambda: matches(pattern * 300, "a" * MAX_REFERENCE_LENGTH))
    twice = steps(lambda: matches(pattern * 600, "a" * MAX_REFERENCE_LENGTH))
    assert twice <= 2.2 * once + FIXED


@pytest.mark.parametrize(
    "piece", ["/", "a/", "../", ";jsessionid=", "%2e", "&", "?utm_a=", "#", ":", "[", "é", "ä\u0323\u0307"]
)
def test_an_address_takes_time_in_proportion_to_its_length(piece: str) -> None:
    def work(text: str) -> None:
        parts = resolve("https://www.example.com/a/b", text)
        if parts is not None:
            with suppress(UnusableAddressError):
                own_address(parts)

    for before in ("", "//", "https://www.example.com/", "?"):
        once = steps(lambda before=before: work(before + piece * 400))  # type: ignore[misc]
        twice = steps(lambda before=before: work(before + piece * 800))  # type: ignore[misc]
        assert twice <= 2.2 * once + FIXED


def test_rules_mean_what_rfc_9309_says() -> None:
    robots = parse(
        "User-agent: a\nDisallow: /\n\nuser-agent: *\nAllow: /shop/sale\nDisallow: /shop # no\nDisallow: /*.pdf$\n"
        "Disallow: /caf%C3%A9\nDisallow:\nCrawl-delay: 2.5\n"
    )
    allowed = {path: robots.allow(path) for path in ("/", "/shop", "/shop/sale?x=1", "/a.pdf", "/a.pdf?b", "/café")}
    assert allowed == {
        "/": True, "/shop": False, "/shop/sale?x=1": True, "/a.pdf": False, "/a.pdf?b": True, "/café": False,
    }  # fmt: skip
    assert robots.delay_seconds == 2.5
    assert parse("user-agent: *\nDisallow: /\nuser-agent: ResilientWebsite-SavedSite/1.0\nDisallow: /x") == Robots(
        [("/x", False)]
    )
