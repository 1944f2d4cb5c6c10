"""What becomes of a page: every reference leads into the copy, and nothing on it needs the origin."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from saved_site.addresses import Address, Origin, UnusableAddressError, key_of, own_address, resolve
from saved_site.app_manifest import references_of_manifest
from saved_site.captured import LeftOut
from saved_site.frontier import Frontier, Target
from saved_site.page import MAX_TAGS, UnreadablePageError, rewrite_page
from saved_site.properties import BANNER_TEXT, FORM_TEXT
from saved_site.references import Kind
from saved_site.saved_page_banner import Notices
from saved_site.stylesheet import rewrite_styles
from tests.custom_resources.captures import TIME
from tests.custom_resources.saved_copy import key_for

URL = "https://www.example.com/shop/page"
NOTICES = Notices(BANNER_TEXT, FORM_TEXT, TIME)


class Rewritten:
    """A page after its rewriting; `found` has what it leads to, `mentioned` what it only names."""

    def __init__(self, markup: str, notices: Notices = NOTICES) -> None:
        self.found: dict[str, Kind] = {}
        frontier = Frontier(Origin.of(URL), 5, 50, LeftOut())

        def place(base: str, reference: str, kind: Kind) -> str:
            placed = frontier.place(Target(Address("/shop/page"), 0), base, reference, kind)
            self.found[placed] = kind
            return placed

        self.text = rewrite_page(markup, URL, place, notices).decode()
        self.tree = BeautifulSoup(self.text, "html.parser")


@pytest.mark.parametrize(
    ("markup", "expected", "kind"),
    [
        ("<a href=other>", 'href="/shop/other"', "page"),
        ("<a href='https://www.example.com/x#y'>", 'href="/x#y"', "page"),
        ("<a href='http://www.example.com:80/x'>", 'href="/x"', "page"),
        ("<a href='HTTPS://WWW.EXAMPLE.COM/x'>", 'href="/x"', "page"),
        ("<a href='//www.example.com/x'>", 'href="/x"', "page"),
        ("<a href='  /x\n'>", 'href="/x"', "page"),
        ("<a rel=nofollow href=/log-out>", 'href="/log-out"', "mention"),
        ("<a href='/a\"b'>", 'href="/a%22b"', "page"),
        ("<img src=a.png>", 'src="/shop/a.png"', "asset"),
        (
            "<img srcset='a.png, b.png 2x,c.png 300w'>",
            'srcset="/shop/a.png, /shop/b.png 2x, /shop/c.png 300w"',
            "asset",
        ),
        ("<svg><use xlink:href='/s.svg#i'/></svg>", 'xlink:href="/s.svg#i"', "asset"),
        ("<video poster=p.jpg><source src=v.mp4><track src=t.vtt></video>", 'src="/shop/v.mp4"', "asset"),
        ("<body background=b.png>", 'background="/shop/b.png"', "asset"),
        ("<div style=\"background:url('b.png')\">", 'background:url("/shop/b.png")', "asset"),
        ("<style>a{b:url(c.png)}</style>", 'a{b:url("/shop/c.png")}', "asset"),
        ("<link rel='Shortcut Icon' href=/f.ico>", 'href="/f.ico"', "asset"),
        ("<link rel=alternate hreflang=de href=/de>", 'href="/de"', "page"),
        ("<link rel=alternate type=application/rss+xml href=/feed>", 'href="/feed"', "asset"),
        ("<link rel=author href=/me>", 'href="/me"', "mention"),
        ("<iframe src=/f></iframe>", 'src="/f"', "page"),
        ("<noscript><img src=/n.png></noscript>", 'src="/n.png"', "asset"),
        ("<template><img src=/t.png></template>", 'src="/t.png"', "asset"),
        ("<meta http-equiv=Refresh content='5; URL=\"next\"'>", 'content="5; url=/shop/next"', "page"),
        ("<blockquote cite=/c>", 'cite="/c"', "mention"),
        ("<base href='/elsewhere/'><a href=x>", 'href="/elsewhere/x"', "page"),
        ("<base href='/elsewhere/' target=_top><a href='#x'>", 'href="/elsewhere/#x"', "page"),
    ],
)
def test_references_lead_into_the_copy(markup: str, expected: str, kind: Kind) -> None:
    page = Rewritten(markup)
    assert expected in str(page.tree).replace("&quot;", '"').replace("style='", 'style="')
    assert kind in page.found.values()
    assert "www.example.com" not in page.text.lower()


@pytest.mark.parametrize(
    "reference",
    [
        "#top",
        "mailto:a@example.com",
        "tel:+1",
        "javascript:void(0)",
        "data:text/plain,x",
        "https://other.example/x?y=1#z",
        "",
    ],
)
def test_what_is_not_the_sites_stays(reference: str) -> None:
    assert f'<a href="{reference}">' in Rewritten(f'<a href="{reference}">x</a>').text


@pytest.mark.parametrize(
    "markup",
    [
        "<script src=https://cdn.example.net/x.js></script>",
        "<script src=/own.js></script>",
        "<script>document.write('<p>x</p>')</script>",
        "<SCRIPT type=module>x</SCRIPT >",
        "<svg><script href=/x.js /></svg>",
        "<noscript><iframe src=https://www.googletagmanager.com/ns.html></iframe></noscript>",
        "<img src=https://www.facebook.com/tr?id=1>",
        "<link rel=preload as=script href=https://cdn.example.net/x.js>",
        "<link rel=modulepreload href=https://cdn.example.net/x.js>",
        "<link rel=preconnect href=https://www.example.com>",
        "<link rel=prefetch href=/next>",
        "<meta http-equiv=content-security-policy content=\"default-src 'none'\">",
        "<meta http-equiv=refresh content=60>",
        "<meta charset=utf-16>",
        "<base href=/>",
    ],
)
def test_what_is_removed(markup: str) -> None:
    def elements(page: Rewritten) -> list[str]:
        return [tag.name for tag in page.tree.find_all(True) if tag.name != "svg"]

    assert elements(Rewritten(markup + "<p>x</p>")) == elements(Rewritten("<p>x</p>"))


@pytest.mark.parametrize(
    "markup",
    [
        "<p title='&quot;&lt;'>&lt;b&gt; &amp;amp; &nbsp;</p>",
        "<p>one<p>two<div>three",
        "<svg viewBox='0 0 1 1'><linearGradient/><path d='M0 0'/></svg>",
        "<style>a>b{c:d}</style><textarea><a href=x></textarea>",
        '<!-- <a href=x> --><?php x ?><a b="c">',
        "a < b & c <> </ d",
    ],
)
def test_what_needs_no_change_stays_as_it_was(markup: str) -> None:
    assert Rewritten("<body>" + markup).text.endswith(markup)


def test_no_handler_of_an_event_stays() -> None:
    tag = Rewritten("<p onclick=x() OnMouseOver='y()' title=t>").tree.find("p")
    assert tag is not None
    assert tag.attrs == {"title": "t"}


def test_what_is_there_without_scripts_is_shown() -> None:
    page = Rewritten("<noscript><p>Text</p></noscript><img src=blank.gif data-src=late.png data-srcset='l2.png 2x'>")
    assert "<noscript" not in page.text
    assert "<p>Text</p>" in page.text
    assert '<img src="/shop/late.png" srcset="/shop/l2.png 2x">' in page.text
    both = Rewritten("<img data-src=late.png> <noscript><img src=late.png></noscript>")
    assert both.text.count('src="/shop/late.png"') == 1


def test_elements_that_close_themselves() -> None:
    page = Rewritten("<svg><use href=s.svg /><image href=i.png /></svg><p>x")
    assert '<use href="/shop/s.svg"></use><image href="/shop/i.png"></image></svg><p>x' in page.text
    assert b"<div></div><p>x</p>" in rewrite_page("<div/><p>x</p>", URL, lambda _b, r, _k: r, NOTICES, xml=True)


@pytest.mark.parametrize("content", ["noarchive", "NOINDEX, NoArchive", "none", "googlebot: noarchive"])
def test_a_page_that_asks_not_to_be_kept_is_not(content: str) -> None:
    with pytest.raises(UnreadablePageError, match="noarchive"):
        Rewritten(f"<META name=Robots content='{content}'><p>x")
    assert "<p>x" in Rewritten(f"<meta name=description content='{content}'><p>x").text


def test_digests_and_the_canonical_address() -> None:
    page = Rewritten(
        "<link rel=canonical href=/shop/page><link rel=stylesheet href=/a.css integrity=sha256-x>"
        "<link rel=stylesheet href=https://o.example/c.css integrity=sha256-z>"
    )
    assert [tag["href"] for tag in page.tree.find_all("link")] == [URL, "/a.css", "https://o.example/c.css"]
    assert [tag["integrity"] for tag in page.tree.find_all(integrity=True)] == ["sha256-z"]


def test_forms_become_notices() -> None:
    page = Rewritten(
        '<form id=f class="a b" action=/send><input name=x><button>Go</button></form><button formaction=/y>'
    )
    div = page.tree.find("div", id="f")
    assert div is not None
    assert (div.get_text(), div["class"]) == (FORM_TEXT, ["a", "b"])
    assert page.tree.find(["form", "input"]) is None
    assert page.tree.find(formaction=True) is None


def test_a_form_that_does_not_end_keeps_all_that_is_in_it() -> None:
    page = Rewritten("<form action=/send><h1>T</h1><p>Text</p>")
    assert page.tree.find("form") is None
    assert page.tree.h1 is not None
    assert FORM_TEXT in page.text


def test_a_page_within_a_form_stays_a_page() -> None:
    page = Rewritten(
        "<form action=/a.aspx><header>H</header><main><h1>T</h1><input name=q><button>Go</button></main></form>"
    )
    assert page.tree.find("form") is None
    assert page.tree.h1 is not None
    assert [tag.has_attr("disabled") for tag in page.tree.find_all(["input", "button"])] == [True, True]
    assert FORM_TEXT in page.text


def test_a_dialog_can_still_be_closed() -> None:
    assert Rewritten("<dialog><form method=dialog><button>OK</button></form></dialog>").tree.form is not None


@pytest.mark.parametrize("text", ["Kopie vom {time}.", "Kopie", "{time} und {time}", "<b>&{x}"])
def test_the_banner_says_from_when(text: str) -> None:
    page = Rewritten("<html lang=de><body><p>x", Notices(text, "Nein", TIME))
    banner = page.tree.select_one("[role=region]")
    assert banner is not None
    assert "2025-11-25 14:05 UTC" in banner.get_text()
    assert "{time}" not in banner.get_text()
    assert text.partition("{time}")[0] in banner.get_text()
    assert banner.get("lang") is None


@pytest.mark.parametrize(
    "markup",
    ["", "x", "<p>x", "<title>t</title><p>x", "<html><head></head>x", "<body>x", "<!doctype html><html><p>x", "<a/>b"],
)
def test_the_banner_is_in_the_body_once(markup: str) -> None:
    text = Rewritten(markup).text
    assert text.count('role="region"') == 1
    assert text.index("<meta charset") < text.index('role="region"')
    assert "<title" not in text or text.index("<title") < text.index('role="region"')


def test_a_page_of_countless_elements_is_left_alone() -> None:
    with pytest.raises(UnreadablePageError, match="tags"):
        Rewritten("<i>" * (MAX_TAGS + 1))


@given(st.text(alphabet=st.sampled_from(list("<>/=\"' abpdivformscript!-&;#\0\n")), max_size=300))
def test_any_markup_survives(markup: str) -> None:
    assert 'charset="utf-8"' in Rewritten(markup).text


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("a{b:url(c.png)}", 'a{b:url("c.png!")}'),
        ("a{b:URL( 'c d.png' )}", 'a{b:URL( "c d.png!" )}'),
        ("@import 'x.css' screen;", '@import "x.css!" screen;'),
        ("@import url(x.css);", '@import url("x.css!");'),
        ("a{b:image-set('c.png' 1x, url(d.png) 2x)}", 'a{b:image-set("c.png!" 1x, url("d.png!") 2x)}'),
        ("@media print{a{b:url(c.png)}}", '@media print{a{b:url("c.png!")}}'),
        ('a{content:"url(c.png)"}/* url(d.png) */', 'a{content:"url(c.png)"}/* url(d.png) */'),
        ("a{b:url(\\3c/style>)}", 'a{b:url("%3C/style>!")}'),
        ("a{b:url(c.png", 'a{b:url("c.png!")'),
        ("a{b:url(c d.png);e:url(f.png)}", 'a{b:url(c d.png);e:url("f.png!")}'),
        ("a{b:my-url('c.png') U\\rl(d.png)}", "a{b:my-url('c.png') U\\rl(d.png)}"),
        ("@import/**/'x.css';@important 'y'", "@import/**/\"x.css!\";@important 'y'"),
        ("a{b:'c\nd:url(e.png)}", 'a{b:\'c\nd:url("e.png!")}'),
        ("}}} a{b:url(c.png)", '}}} a{b:url("c.png!")'),
    ],
)
def test_style_sheets(css: str, expected: str) -> None:
    assert rewrite_styles(css, lambda reference: reference + "!") == expected


def test_what_manifests_name() -> None:
    assert list(references_of_manifest('{"icons": [{"src": "i.png"}, 5], "screenshots": {}}')) == ["i.png"]
    for garbage in ("", "[]", "{", '{"icons": 5}', "[" * 100_000):
        assert list(references_of_manifest(garbage)) == []


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_a_request_finds_what_was_saved(path: str) -> None:
    """The documented scheme, written anew in saved_copy.py, gives the keys of `addresses`."""
    parts = resolve("https://www.example.com/", "/" + path.replace("?", "").replace("#", ""))
    if parts is None or not Origin.of("https://www.example.com/").owns(parts):
        return
    try:
        address = own_address(parts)
    except UnusableAddressError:
        return
    assert key_for(address.target) == key_of(address.path)


def test_tracking_parameters_are_no_other_page() -> None:
    def address(query: str) -> Any:
        parts = resolve(URL, "?" + query)
        assert parts is not None
        return own_address(parts)

    assert address("utm_source=x&gclid=1&fbclid=2") == address("") == Address("/shop/page")
    assert address("b=2&a=1&utm_id=5") == address("a=1&b=2")
    assert re.fullmatch(r"/shop/_query-[0-9a-f]{12}-page", address("a=1").saved_path)
