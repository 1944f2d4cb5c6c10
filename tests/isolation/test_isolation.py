"""The laws of isolation: a function does all of its work on its own stack, and nothing to a neighbour's.

0.1.0 fails these: with its roles, forged events published on, emptied and deleted what was the neighbour's, and a
secret's value sent the rotation to the neighbour's database.
"""

import pytest
from rich.console import Console

from tests.accepted_findings import MIN_REASON_LENGTH
from tests.isolation.authorizer import READING
from tests.isolation.intruder import accepted, is_accepted
from tests.isolation.operations import TABLE
from tests.isolation.report import attack_table, intruder_table, own_table
from tests.isolation.run import Run, run
from tests.isolation.sites import template
from tests.isolation.wire import http_method


@pytest.fixture(scope="module")
def found() -> Run:
    """Run everything once; the tables are in the output of a test that fails."""
    done = run(template)
    for table in (own_table(done.own), attack_table(done.attacks), intruder_table(done.tried)):
        Console(width=180).print(table)
    return done


def test_bed_understands_every_request(found: Run) -> None:
    assert found.mistakes == []


def test_every_request_on_the_own_stack_succeeds(found: Run) -> None:
    wrong = [row for row in (*found.neighbour, *found.own) if row.problems]
    assert wrong == []


def test_every_function_is_tried_on_both(found: Run) -> None:
    assert {row.function for row in found.own} == found.functions
    assert {attack.function for attack in found.attacks} == found.functions


def test_no_attack_reaches_the_neighbour(found: Run) -> None:
    assert [attack for attack in found.attacks if not attack.failed] == []


def test_no_role_has_a_right_on_the_neighbour(found: Run) -> None:
    reached = [
        (one.role, *right) for one in found.tried for right in one.reached if not is_accepted(one.role, right[0])
    ]
    assert reached == []


def test_every_exception_is_needed(found: Run) -> None:
    used = {(one.role, action) for one in found.tried for action, _ in one.reached}
    assert [one for one in accepted() if (one.role, one.action) not in used] == []


def test_every_exception_has_a_reason() -> None:
    assert [one for one in accepted() if len(one.reason) < MIN_REASON_LENGTH] == []


def test_operations_that_only_read_are_known_by_their_names() -> None:
    """See it where the HTTP method says so: after other operations the neighbour is looked at again."""
    methods = {name: http_method(*name.split(":")) for name in TABLE}
    by_method = {name: method for name, method in methods.items() if method}
    assert {name.partition(":")[0] for name in by_method} >= {"s3", "route53", "cloudfront", "lambda"}
    reading = {name for name, method in by_method.items() if method in ("GET", "HEAD")}
    assert {name for name in by_method if name.partition(":")[2].startswith(READING)} == reading
