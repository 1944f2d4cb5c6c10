"""A switch between halves with internal load balancers: CloudFront selects the origin by a key value store."""

from collections.abc import Iterator
from io import BytesIO

import boto3
import pytest
from botocore.auth import AUTH_TYPE_MAPS
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from cli.aws_problems import AWS_ERRORS
from cli.switch.refusals import refusal
from cli.switch.run import ALREADY
from resilient_website.problems import InvalidTemplateError
from tests.cli.switching import (
    PRIMARY,
    SECONDARY,
    interrupted_everywhere,
    make_primary_a_replica,
    seen,
    switch,
)
from tests.cli.two_regions import World

HEALTH = "https://www.example.com/health"
MODES = ("PilotLight", "WarmStandby")


@pytest.mark.parametrize("mode", MODES)
def test_unplanned_switch_needs_nothing_of_the_lost_region(mode: str) -> None:
    world = World(mode, internal=True)
    world.lose(PRIMARY)
    world.sleep(600)
    switch(world, SECONDARY)
    assert {region for region, _ in world.calls} == {SECONDARY}
    assert world.store == {"active": SECONDARY}
    assert world.status(HEALTH) == 200
    assert world[SECONDARY].objects == {}


@pytest.mark.parametrize("mode", MODES)
def test_planned_switch_there_and_back(mode: str) -> None:
    world = World(mode, internal=True)
    switch(world, SECONDARY, is_planned=True)
    assert (world.dns(), world.status(HEALTH)) == (SECONDARY, 200)
    make_primary_a_replica(world)
    world.sleep(300)
    switch(world, PRIMARY, is_planned=True)
    assert (world.store, world.status(HEALTH)) == ({"active": PRIMARY}, 200)


def test_lost_secondary_region_leaves_no_signal_behind() -> None:
    world = World(internal=True)
    switch(world, SECONDARY, is_planned=True)
    world.lose(SECONDARY)
    world.sleep(600)
    world.calls.clear()
    switch(world, PRIMARY)
    assert {region for region, _ in world.calls} == {PRIMARY, "aws-global"}
    world.dead.clear()
    assert world.dns() == PRIMARY


@pytest.mark.parametrize("is_planned", [False, True])
def test_interrupted_after_any_call_or_wait_it_continues(is_planned: bool) -> None:
    undisturbed, calls = interrupted_everywhere(World(internal=True), SECONDARY, is_planned=is_planned)
    assert len(undisturbed.changes()) < calls


@pytest.mark.parametrize("is_planned", [False, True])
def test_repeated_switch_changes_nothing(is_planned: bool) -> None:
    world = World(internal=True)
    switch(world, SECONDARY, is_planned=is_planned)
    world.calls.clear()
    assert {result.state for result in switch(world, SECONDARY, is_planned=is_planned)} == {ALREADY}
    assert world.changes() == []


@pytest.mark.parametrize("is_planned", [False, True])
def test_copy_without_an_origin_in_cloudfront_is_refused_before_anything_changes(is_planned: bool) -> None:
    world = World(internal=True, store=None)
    with pytest.raises(InvalidTemplateError, match=r"write Secondary\.VpcOrigin: true"):
        switch(world, SECONDARY, is_planned=is_planned)
    assert world.changes() == []
    assert seen(world, PRIMARY, SECONDARY).visitors_get == PRIMARY


def test_either_half_says_which_one_visitors_get() -> None:
    world = World(internal=True)
    switch(world, SECONDARY, is_planned=True)
    assert [seen(world, region).visitors_get for region in (PRIMARY, SECONDARY)] == [SECONDARY, SECONDARY]


def test_another_value_in_the_store_leads_to_the_primary_half() -> None:
    assert seen(World(internal=True, store={"active": "mars-1"}), SECONDARY).visitors_get == PRIMARY


def test_package_that_signs_the_requests_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=SECONDARY)
    store = session.client("cloudfront-keyvaluestore")
    sent: list[AWSPreparedRequest] = []

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, HTTPHeaders(), RawResponse(b'{"Key": "active", "Value": "x"}'))

    store.meta.events.register("before-send", answer)
    asked = {"KvsARN": "arn:aws:cloudfront::111111111111:key-value-store/1", "Key": "active"}
    assert store.get_key(**asked)["Value"] == "x"
    assert sent[0].url.startswith("https://111111111111.cloudfront-kvs.global.api.aws/")
    assert "AWS4-ECDSA-P256-SHA256" in str(sent[0].headers["Authorization"])
    # As in an environment without the package.
    known = {name: signer for name, signer in AUTH_TYPE_MAPS.items() if name != "v4a"}
    monkeypatch.setattr("botocore.regions.AUTH_TYPE_MAPS", known)
    monkeypatch.setattr("botocore.regions.HAS_CRT", False)
    with pytest.raises(AWS_ERRORS) as raised:
        store.get_key(**asked)
    assert "awscrt" in refusal("step", raised.value).found


class RawResponse(BytesIO):
    """The body of a response, as urllib3 has it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()
