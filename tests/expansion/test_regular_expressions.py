"""No regular expression of the macro, nor of a form, takes longer than in proportion to the text that it is given."""

import re
from typing import Any

import pytest

from cli.flat import form as flat_form
from cli.template_file import read_template
from cli.templates.console_template import console_template
from resilient_website.cloudformation.computed import MAX_TEXT_LENGTH
from resilient_website.reading.email_address import EMAIL, EMAIL_PATTERN, MAX_LENGTH
from resilient_website.reading.reader import Reader
from tests.regular_expressions import Expression, in_code, judged, of_properties
from tools.repository import ROOT

GROUPS = (
    flat_form.ADDRESS,
    flat_form.APPLICATION,
    flat_form.SERVERS,
    flat_form.DATABASE,
    flat_form.CACHE,
    flat_form.PAGE,
    flat_form.ALARMS,
)
FORMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("template.yaml", read_template(ROOT / "template.yaml")["Parameters"]),
    ("console", console_template().to_dict()["Parameters"]),
    ("flat", {parameter.title: parameter.to_dict() for _, fields in GROUPS for _, parameter in fields}),
)


# What reads files of the macro's own package, and nothing that other people wrote.
OWN = ("macros/resilient_website/inline/page_server.py",)


def expressions() -> list[Expression]:
    forms = [
        Expression(f"{source}: {name}", body["AllowedPattern"], "fullmatch")
        for source, parameters in FORMS
        for name, body in parameters.items()
        if "AllowedPattern" in body
    ]
    code = [each for each in in_code(ROOT / "macros") if not each.where.startswith(OWN)]
    return [*code, *in_code(ROOT / "custom_resources/fallback_site"), *of_properties(), *forms]


def test_time_grows_no_faster_than_the_text() -> None:
    asked = expressions()
    places = {each.where.partition(":")[0] for each in asked}
    assert places > {
        "template.yaml",
        "console",
        "flat",
        "DomainName",
        "AlarmEmail",
        "macros/resilient_website/cloudformation/intrinsics.py",
    }
    slow = [(each, reported) for each, reported in zip(asked, judged(asked), strict=True) if reported[0] != "safe"]
    assert slow == []


def test_checker_knows_the_pattern_that_took_a_minute() -> None:
    before = Expression("before", r"[^@\s]+@[^@\s]+\.[^@\s]+", "fullmatch")
    assert judged([before]) == [("vulnerable", "polynomial")]


@pytest.mark.parametrize("address", ["a@b.c", "first.last+tag@mail.example.co.uk", "o'neil@example.com"])
def test_email_address(address: str) -> None:
    assert EMAIL.read(address, "Email", Reader({}, "us-east-1")) == address


@pytest.mark.parametrize("text", ["", "a", "a@b", "a@b.", "@b.c", "a b@c.d", "a@b@c.d", "a@.b", "a@b..c", "a@b.c\n"])
def test_what_is_no_email_address(text: str) -> None:
    reader = Reader({}, "us-east-1")
    assert EMAIL.read(text, "Email", reader) is None
    assert len(reader.problems) == 1


@pytest.mark.parametrize("text", ["x" * (MAX_TEXT_LENGTH + 1), "a@" + "b." * MAX_TEXT_LENGTH])
def test_long_text_is_not_matched(text: str) -> None:
    reader = Reader({}, "us-east-1")
    EMAIL.read(text, "Email", reader)
    (problem,) = reader.problems
    assert (problem.found, problem.fix.endswith(f"of at most {MAX_LENGTH} characters")) == (
        f"found a string of {len(text)} characters",
        True,
    )


def test_address_is_checked_alike_everywhere() -> None:
    installer = read_template(ROOT / "template.yaml")["Parameters"]["AlarmEmail"]["AllowedPattern"]
    assert installer == f"^$|{EMAIL_PATTERN}" == dict(FORMS)["flat"]["AlarmEmail"]["AllowedPattern"]
    source = (ROOT / "custom_resources/fallback_site/properties.py").read_text()
    assert re.findall(r're\.fullmatch\(r"([^"]+@[^"]+)", value\)', source) == [EMAIL_PATTERN]
