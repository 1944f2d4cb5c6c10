"""The command `switch`, when AWS refuses or does not answer: what it says, and that it continues afterwards."""

import boto3
import pytest
from botocore.config import Config

from cli.aws_problems import AWS_ERRORS
from cli.deployed.tools import AGAIN, clients
from cli.deployed.visits import Internet
from cli.switch.refusals import THROTTLED, refusal
from resilient_website.problems import InvalidTemplateError
from tests.cli.switching import PRIMARY, SECONDARY, operations, switch
from tests.cli.two_regions import World, in_place


@pytest.mark.parametrize("operation", operations())
@pytest.mark.parametrize("code", ["Throttling", "AccessDenied", "ExpiredToken", "InternalFailure"])
def test_refused_call_says_what_to_do_and_the_switch_continues_afterwards(operation: str, code: str) -> None:
    world = World()
    is_planned = operation != "PromoteReadReplica"
    world.refused[operation] = code
    with in_place(world):
        try:
            switch(world, SECONDARY, is_planned=is_planned)
        except InvalidTemplateError as error:
            said = str(error)
        except AWS_ERRORS as error:
            # Before the first step, the command itself makes a text of it.
            said = str(refusal("here", error))
        else:
            # Without CloudWatch, an unplanned switch goes on; a planned one has to wait for the lag.
            said = AGAIN
    assert AGAIN in said
    assert code in said or said == AGAIN
    assert (operation in said) or said == AGAIN
    world.refused.clear()
    switch(world, SECONDARY, is_planned=is_planned)
    assert world.dns() == SECONDARY


def test_unplanned_switch_needs_no_metrics() -> None:
    world = World()
    world.refused["GetMetricData"] = "AccessDenied"
    switch(world, SECONDARY)
    assert world.dns() == SECONDARY


def test_throttling_codes_are_those_of_the_sdk() -> None:
    from botocore.retries.standard import ThrottledRetryableChecker

    sdk = set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES)  # type: ignore[attr-defined]
    assert sdk - {
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "EC2ThrottledException",
    } == (set(THROTTLED))


def test_clients_give_up_on_a_dead_region_within_minutes() -> None:
    made = clients(boto3.Session("x", "x", region_name=PRIMARY))("rds", SECONDARY)
    config: Config = made.meta.config
    assert made.meta.region_name == SECONDARY
    assert config.connect_timeout * config.retries["total_max_attempts"] <= 60  # type: ignore[attr-defined]


def test_the_internet_gives_nothing_for_a_name_that_does_not_exist() -> None:
    assert Internet().addresses("active.invalid") == frozenset()
    assert Internet().status("https://site.invalid/health") is None
    assert Internet().status("file:///etc/passwd") is None
