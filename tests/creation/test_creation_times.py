"""The table of creation times: each says what it rests on, with a page of AWS and a date."""

import re

from cli.analysis.creation.creation_times import OTHERS, Basis, creation_times

TIMES = creation_times()


def test_every_row_says_what_it_rests_on() -> None:
    assert re.fullmatch(r"\d{4}-\d{2}", TIMES.as_of)
    for row in TIMES.rows:
        assert row.reason if row.basis == Basis.ASSUMED else row.sources
        assert row.basis != Basis.ASSUMED or not row.sources
    # A row after the one of all others would never be found.
    assert [row for row in TIMES.rows if OTHERS in row.types] == [TIMES.rows[-1]]


# Pages that AWS writes: its documents, its blogs, and the code of CloudFormation's own resources.
OF_AWS = re.compile(r"https://(docs\.aws\.amazon\.com|aws\.amazon\.com|github\.com/aws-cloudformation)/")
DATE = re.compile(r"(19|20)\d\d(-\d\d){0,2}|read 20\d\d-\d\d")


def test_every_source_has_a_page_and_a_date() -> None:
    for row in TIMES.rows:
        for source in row.sources:
            assert source.says
            assert source.title
            assert source.address.startswith("https://")
            assert DATE.fullmatch(source.date)
        written = {bool(OF_AWS.match(source.address)) for source in row.sources}
        assert (row.basis == Basis.DOCUMENTED) == (written == {True})
