"""The catalogue of errors is whole, and each of its entries shows one error and its repair."""

import re
from collections import Counter
from functools import cache
from typing import Any

import pytest

from cli.analysis.updates.differences import leaves
from cli.parameter_values import parameter_values
from resilient_website.handler import internal_error
from resilient_website.problems import MAX_PROBLEMS, Fix, message
from tests.kept import kept
from tests.reference.problem_sites import Place, Traced, places, refused
from tools.reference.catalogue import Entry, answer, sections
from tools.reference.pages import FOLDER

ENTRIES = [entry for section in sections() for entry in section.entries]
IDS = [f"{entry.file}-{' '.join(entry.written.split())[:60]}" for entry in ENTRIES]
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=IDS)


@pytest.fixture(scope="module")
def known() -> list[Place]:
    return places()


def traced(entry: Entry, known: list[Place]) -> list[Traced]:
    template = entry.provoking
    values = parameter_values(template, {}) if isinstance(template, dict) else {}
    return refused(template, values, entry.region, known)


@cache
def reported(entry: Entry) -> tuple[str, ...]:
    """Return the error lines of an entry, which several tests look at."""
    return tuple(entry.reported())


@pytest.fixture(scope="module")
def provoked(known: list[Place]) -> list[list[Traced]]:
    """Return what each entry provokes, in the entries' order."""
    return [traced(entry, known) for entry in ENTRIES]


def test_every_problem_that_the_macro_can_make_is_in_the_catalogue(
    known: list[Place], provoked: list[list[Traced]]
) -> None:
    reached = {place for found in provoked for each in found for place in each.through}
    missing = [str(place) for place in known if place not in reached]
    assert not missing, (
        "no entry of tools/reference/refusals/*.yaml provokes the problems made here; add one to the file of the "
        "property's group (cause, written, instead), then run `make docs`:\n" + "\n".join(missing)
    )


def test_fix_that_says_what_is_allowed_has_it_for_programs_too(provoked: list[list[Traced]]) -> None:
    fixes = {each.problem.fix for found in provoked for each in found}
    listing = {fix for fix in fixes if "allowed: " in fix or "allowed here: " in fix}
    assert len(listing) > 30
    assert [fix for fix in listing if not isinstance(fix, Fix) or not fix.endswith(f": {fix.allowed}")] == []


def test_no_entry_says_what_another_says(provoked: list[list[Traced]]) -> None:
    said = Counter(key for found in provoked for key in {(each.through, each.problem.fix) for each in found})
    assert [f"{through[-1]}: {fix}" for (through, fix), times in said.items() if times > 1] == []


@each_entry
def test_entry_provokes_what_it_is_about_and_nothing_else(entry: Entry, provoked: list[list[Traced]]) -> None:
    assert entry.cause.strip()
    lines = list(reported(entry))
    assert lines, "nothing is refused here"
    assert len(set(lines)) == len(lines)
    found = provoked[ENTRIES.index(entry)]
    assert message([each.problem for each in found]).splitlines() == lines
    about = [each for each in found if len(found) <= MAX_PROBLEMS or each.problem.path != "(template)"]
    assert len({each.through for each in about}) == 1, "these are two errors: make two entries"


@each_entry
def test_instead_expands(entry: Entry) -> None:
    assert refusal(entry.repaired, entry.moved or entry.region, whole=entry.template or bool(entry.generated)) == ""


@kept(512)
def refusal(template: dict[str, Any], region: str, *, whole: bool) -> str:
    """Return why a template is refused, or nothing. Kept: several entries have the same corrected form.

    The function and the command line do not look at the same parts of a `whole` template, which is expanded by both.
    """
    if whole:
        return str(answer(template, region).get("errorMessage", ""))
    return message([each.problem for each in refused(template, {}, region, [])])


@each_entry
def test_instead_changes_what_the_error_names(entry: Entry) -> None:
    if entry.generated or entry.moved:
        assert (entry.provoking, entry.region) != (entry.repaired, entry.moved or entry.region)
        return
    before, after = dict(leaves(entry.provoking)), dict(leaves(entry.repaired))
    changed = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
    words = set(re.findall(r"\w+(?:-\w+)*", " ".join(reported(entry))))
    assert any(words & set(place) for place in changed), f"{changed} is not what the error is about"


def test_page_has_every_error() -> None:
    text = (FOLDER / "errors.md").read_text(encoding="utf-8")
    missing = [line for entry in ENTRIES for line in reported(entry) if line not in text.splitlines()]
    assert missing == [], "run `make docs`"
    assert internal_error("").partition("under")[0] in text


def test_contents_lead_to_their_sections() -> None:
    text = (FOLDER / "errors.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", re.sub(r"(?s)```.*?```", "", text), re.MULTILINE)
    # How GitHub makes fragments: the first heading of a text has it, later ones get a number behind it.
    made = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
    contents = re.findall(r"^- \[(.+)\]\(#(.+)\)", text, re.MULTILINE)
    assert len(contents) >= len(sections())
    for title, fragment in contents:
        assert fragment in made, fragment
        assert headings[made.index(fragment)] == title


def test_places_are_read_from_the_code() -> None:
    by_file = Counter(place.file for place in places())
    assert by_file["reading/property_types.py"] > 10
    assert by_file["tiers/database/checks.py"] > 5
    assert by_file["cloudformation/limits.py"] == 2
