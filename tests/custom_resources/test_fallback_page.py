"""The friendly page: what stands in it, and that no property can put markup there."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudformation_answer.properties import InvalidPropertiesError
from fallback_site.page import render
from fallback_site.properties import FallbackSite, read


def site(title: str = "T", message: str = "M", contact_email: str | None = None) -> FallbackSite:
    return FallbackSite("bucket", "_fallback/", title, message, contact_email, 120)


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
    assert "<p>one<br>two</p>\n<p>three</p>" in page


def test_same_properties_same_bytes_and_nothing_to_fetch() -> None:
    page = render(site(contact_email="a@example.com"))
    assert page == render(site(contact_email="a@example.com"))
    assert b"http://" not in page
    assert b"https://" not in page
    assert b"<script" not in page
    assert b'<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize(
    ("properties", "paths"),
    [
        ({}, ["BucketName"]),
        ({"BucketName": "UPPER"}, ["BucketName"]),
        ({"BucketName": "bucket", "Prefix": "", "Title": " ", "RetryAfterSeconds": "soon"}, 3),
        ({"BucketName": "bucket", "Mesage": "x"}, ["Mesage"]),
    ],
)
def test_problems_come_with_their_paths(properties: dict[str, str], paths: list[str] | int) -> None:
    with pytest.raises(InvalidPropertiesError) as caught:
        read(properties)
    lines = str(caught.value).splitlines()
    assert len(lines) == (paths if isinstance(paths, int) else len(paths))
    assert all(line.startswith("Properties.") for line in lines)
