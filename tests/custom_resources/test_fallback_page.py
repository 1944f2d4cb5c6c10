"""The friendly page: its content, and that no property can add markup to it."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallback_site.page import render
from fallback_site.properties import FallbackSite, read
from resilient_website.reading.properties import defaults
from resilient_website.reading.versions import NEWEST
from resilient_website.tiers.fallback.spec import FallbackSpec
from shared.cfn_response.properties import InvalidPropertiesError


def site(title: str = "T", message: str = "M", contact_email: str | None = None, language: str = "en") -> FallbackSite:
    return FallbackSite("bucket", "_fallback/", title, message, contact_email, language=language)


class Tags(HTMLParser):
    """Counts the tags of a page, and gathers its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") or (value or "").startswith("javascript:") for name, value in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)


@given(TEXT, TEXT)
def test_text_stays_text(title: str, message: str) -> None:
    page = Tags(render(site(title, message)))
    plain = Tags(render(site()))
    assert sorted(page.tags) == sorted(plain.tags)
    assert title.strip() in page.text


def test_paragraphs_and_lines() -> None:
    page = render(site(message="one\ntwo\n\n  \nthree")).decode()
    assert '<p dir="auto">one<br>two</p>\n<p dir="auto">three</p>' in page


@pytest.mark.parametrize("language", ["en", "pt-BR", "ar"])
def test_page_says_its_language_and_has_no_words_of_ours(language: str) -> None:
    page = render(site("Título", "Até já", "a@example.com", language))
    assert f'<html lang="{language}">'.encode() in page
    text = re.sub(r"<style>.*?</style>", "", page.decode(), flags=re.DOTALL)
    assert Tags(text.encode()).text.split() == ["Título", "Título", "Até", "já", "a@example.com"]


def test_direction_of_texts_follows_what_they_are() -> None:
    page = render(site("سنعود قريبا", "نعمل\n\nOne", "a@example.com", "ar")).decode()
    assert page.count('dir="auto"') == 4
    assert '<a href="mailto:a@example.com" dir="ltr">' in page


def test_same_properties_same_bytes_and_nothing_to_fetch() -> None:
    page = render(site(contact_email="a@example.com"))
    assert page == render(site(contact_email="a@example.com"))
    assert b"http://" not in page
    assert b"https://" not in page
    assert b"<script" not in page
    assert b'<meta name="robots" content="noindex">' in page


def test_texts_are_the_macros_when_absent() -> None:
    macro, published = defaults(FallbackSpec, NEWEST), read({"BucketName": "bucket"})
    assert (published.title, published.message) == (macro.title, macro.message)


@pytest.mark.parametrize(
    ("properties", "paths"),
    [
        ({}, ["BucketName"]),
        ({"BucketName": "UPPER"}, ["BucketName"]),
        ({"BucketName": "bucket", "Prefix": "", "Title": " ", "ContactEmail": "soon"}, 3),
        ({"BucketName": "bucket", "Mesage": "x"}, ["Mesage"]),
        ({"BucketName": "bucket", "Language": 'en"><script>'}, ["Language"]),
    ],
)
def test_problems_come_with_their_paths(properties: dict[str, str], paths: list[str] | int) -> None:
    with pytest.raises(InvalidPropertiesError) as caught:
        read(properties)
    lines = str(caught.value).splitlines()
    assert len(lines) == (paths if isinstance(paths, int) else len(paths))
    assert all(line.startswith("Properties.") for line in lines)
