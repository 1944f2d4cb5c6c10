"""The rotation of the secret header while the Region of the site's copy fails, at each step and each call.

At every moment, both Regions' load balancers accept what CloudFront sends: either of them may be the active one.
"""

import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from origin_secret import handler
from shared.aws_errors import new_permissions
from shared.secret_rotation.steps import RotationError
from tests.custom_resources.rotation_process import STEPS
from tests.custom_resources.two_region_header import (
    FAILURES,
    HERE,
    NEW,
    OLD,
    SECRET,
    STACK_ID,
    THERE,
    TwoRegionHeader,
)

# More than the copy's Region is called in a rotation.
MANY = 50


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Callable[[], TwoRegionHeader]:
    """Return what makes a new site, which the function finds from then on."""

    def new() -> TwoRegionHeader:
        made = TwoRegionHeader()
        made.after_call = lambda: served(made)
        monkeypatch.setattr(handler, "boto3", SimpleNamespace(client=made.client))
        return made

    monkeypatch.setenv("STACK_ID", STACK_ID)
    return new


def served(world: TwoRegionHeader) -> None:
    """Assert that no visitor is refused, whichever half is the active one."""
    assert world.sent in world.accepted[HERE]
    assert world.sent in world.accepted[THERE]


def run(*steps: str, seconds: float = new_permissions.MARGIN_SECONDS) -> None:
    """Run steps as Secrets Manager calls them: none after one that fails. There is no time to wait for permissions."""
    context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: int(1000 * seconds))
    for step in steps:
        handler.handler({"Step": step, "SecretId": SECRET, "ClientRequestToken": "2"}, context)


def test_undisturbed_rotation_changes_both_regions(world: Callable[[], TwoRegionHeader]) -> None:
    site = world()
    run(*STEPS)
    assert site.accepted == {HERE: [NEW, OLD], THERE: [NEW, OLD]}
    assert (site.sent, site.current) == (NEW, NEW)


@pytest.mark.parametrize("failure", FAILURES)
def test_region_that_fails_at_any_call_delays_the_rotation(
    world: Callable[[], TwoRegionHeader], failure: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    failed = 0
    for number in range(1, MANY):
        site = world()
        site.failure, site.fails_from = failure, number
        try:
            run(*STEPS)
        except RotationError as error:
            assert THERE in str(error)
        else:
            break
        failed += 1
        # Nothing is current that does not work everywhere, and what was current still works everywhere.
        assert site.current == OLD
        assert all(OLD in values for values in site.accepted.values())
        assert site.sent == OLD or all(NEW in values for values in site.accepted.values())
        # Again, while the Region still fails: the same.
        with pytest.raises(RotationError, match=THERE):
            run(*STEPS)
        assert site.current == OLD
        served(site)
        site.failure = None
        run(*STEPS)
        assert site.accepted == {HERE: [NEW, OLD], THERE: [NEW, OLD]}
        assert (site.sent, site.current) == (NEW, NEW)
    assert 3 < failed < MANY - 1
    # AWS repeats a request's values in some messages.
    assert NEW not in caplog.text
    assert OLD not in caplog.text


def test_right_that_is_not_in_force_yet_in_the_region_is_waited_for(
    world: Callable[[], TwoRegionHeader], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = world()
    site.failure = FAILURES[1]

    def sleep(_seconds: float) -> None:
        site.failure = None

    monkeypatch.setattr(new_permissions, "time", SimpleNamespace(sleep=sleep))
    run(*STEPS, seconds=60)
    assert (site.sent, site.current) == (NEW, NEW)


@pytest.mark.parametrize("step", STEPS)
def test_region_that_fails_from_a_step_on(world: Callable[[], TwoRegionHeader], step: str) -> None:
    site = world()
    run(*STEPS[: STEPS.index(step)])
    site.failure = FAILURES[0]
    needed = step in ("setSecret", "testSecret")
    if needed:
        with pytest.raises(RotationError, match=THERE):
            run(step)
    else:
        # It asks nothing of that Region, and so does not depend on it.
        run(step)
        assert site.current == (NEW if step == "finishSecret" else OLD)
    if step == "setSecret":
        assert site.sent == OLD
        assert site.accepted[HERE] == [OLD]
    site.failure = None
    run(*STEPS)
    assert (site.sent, site.current) == (NEW, NEW)
    served(site)
