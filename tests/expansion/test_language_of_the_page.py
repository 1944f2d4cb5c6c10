"""The friendly page is in one language: that of the site's own texts, or of ours if there are no others."""

import json
from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError

NAMED = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ", "Database": False}
TEXTS = {"Title": "سنعود قريبا", "Message": "نعمل على إصلاح الموقع"}
OURS = "Our website is taking a short break"


def expanded(fallback: Any) -> Any:
    site = {"Type": "ResilientWebsite", "Properties": {**NAMED, "Fallback": fallback}}
    declared = {"Tag": {"Type": "String"}, "Text": {"Type": "String"}}
    return expand_template({"Parameters": declared, "Resources": {"Site": site}}, {}, "us-east-1")["Resources"]


@pytest.mark.parametrize("fallback", [{}, {"Language": "en-GB"}, {"Title": "Soon"}])
def test_english_needs_no_words_of_ones_own(fallback: Any) -> None:
    made = expanded(fallback)
    assert made["SiteFallbackSite"]["Properties"]["Language"] == fallback.get("Language", "en")
    assert OURS in json.dumps(made["SiteSecondaryApiDefault5Xx"])


@pytest.mark.parametrize(
    ("fallback", "missing"),
    [({}, "Title and Message"), ({"Title": TEXTS["Title"]}, "Message"), ({"Message": TEXTS["Message"]}, "Title")],
)
def test_another_language_needs_all_words(fallback: Any, missing: str) -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        expanded({**fallback, "Language": "ar"})
    (problem,) = refused.value.problems
    assert problem.path == "Resources.Site.Properties.Fallback.Language"
    assert problem.fix == f"write {missing} in that language"


def test_words_of_ones_own_may_be_ours() -> None:
    """What counts is whether they are written, not whether they are another version's default."""
    ours = expanded({})["SiteFallbackSite"]["Properties"]
    texts = {name: ours[name] for name in TEXTS}
    assert expanded({**texts, "Language": "ar"})["SiteFallbackSite"]["Properties"]["Title"] == ours["Title"]


@pytest.mark.parametrize("more", [{}, {"Source": {"Crawl": {}}}, {"Region": "eu-west-1"}])
def test_no_word_of_ours_is_on_a_page_of_another_language(more: Any) -> None:
    made = expanded({**TEXTS, **more, "Language": "ar"})
    text = json.dumps(made)
    assert OURS not in text
    assert "We will be right back" not in text
    assert "<h1>503</h1>" in text


def test_language_may_be_a_parameter() -> None:
    made = expanded({"Language": {"Ref": "Tag"}, "Title": {"Ref": "Text"}, "Message": {"Ref": "Text"}})
    assert made["SiteFallbackSite"]["Properties"]["Language"] == {"Ref": "Tag"}
    assert OURS not in json.dumps(made["SiteSecondaryApiDefault5Xx"])


@pytest.mark.parametrize("language", ["arabic", "e", "de_DE", "", 'en"><script>'])
def test_what_is_no_language_is_refused(language: str) -> None:
    with pytest.raises(InvalidTemplateError):
        expanded({**TEXTS, "Language": language})
