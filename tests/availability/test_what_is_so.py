"""What the model says of times, boots and connections: what AWS documents, and no more."""

import json
from typing import Any

import pytest
from hypothesis import given

from cli.analysis.availability import formatting
from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.documented_timings import Seconds
from cli.analysis.availability.failures import ALL_WEB_SERVERS, DATABASE_PRIMARY, LOAD_BALANCER, S3, WEB_SERVER, ZONE
from cli.analysis.availability.requests import RequestKind
from tests.availability.resource_types import BALANCER, GROUP
from tests.availability.surveyed_sites import SITES, survey_of
from tests.availability.templates import answer, answers, changed, dropped_from, each, set_in, site
from tests.availability.unbroken_sites import BARE, BEHIND_BALANCER
from tests.hypothesis_profile import examples

OWN_APPLICATION = site(WebServers={"UserData": "#!/bin/sh\n/opt/shop/start"})
OWN_SERVICE = site(WebServers={"UserData": "#!/bin/sh\nsystemctl start resilient-website-sample.service"})
OWN_PATH = site(WebServers={"UserData": "#!/bin/sh\n/opt/shop/start", "HealthCheckPath": "/up"})


def test_an_undocumented_time_has_no_upper_bound_in_words() -> None:
    span = Seconds(120, 120) + Seconds(0, 600, documented=False)
    assert span.longest is None
    assert str(span) == "120 s or more (AWS documents no time)"
    assert "600" not in str(Seconds(0, 600, documented=False))


@pytest.mark.parametrize("failure", [DATABASE_PRIMARY.name, ZONE])
@pytest.mark.parametrize("template", [OWN_APPLICATION, OWN_SERVICE], ids=["own", "a service of the sample's name"])
def test_servers_are_replaced_whose_health_check_may_read_the_database(template: dict[str, Any], failure: str) -> None:
    lost = answer(template, failure)
    assert lost.last.outcome is Outcome.PAGE
    assert any("replaces every server" in why for why in lost.last.why)
    fails_over, boots = (phase for phase in lost.transient if not phase.some)
    assert str(fails_over.lasts) == "60-120 s"
    assert boots.reply.outcome is Outcome.FRIENDLY_PAGE
    assert boots.lasts is not None
    assert boots.lasts.longest is None


@pytest.mark.parametrize("template", [BARE, OWN_PATH], ids=["sample application", "a path of its own"])
def test_servers_stay_whose_health_check_needs_no_database(template: dict[str, Any]) -> None:
    assert [str(phase.lasts) for phase in answer(template, DATABASE_PRIMARY).transient] == ["60-120 s"]


def test_servers_stay_that_nobody_replaces_or_that_outlast_the_failover() -> None:
    by_ec2 = set_in(GROUP, "HealthCheckType", to="EC2")
    patient = set_in("AWS::ElasticLoadBalancingV2::TargetGroup", "UnhealthyThresholdCount", to=10)
    slow = set_in("AWS::ElasticLoadBalancingV2::TargetGroup", "HealthCheckIntervalSeconds", to=15)
    for changes in ((by_ec2,), (patient, slow)):
        lost = answer(changed(OWN_APPLICATION, *changes), DATABASE_PRIMARY)
        assert [str(phase.lasts) for phase in lost.transient] == ["60-120 s"]


def test_a_kept_connection_does_not_notice_dns() -> None:
    gone = answer(BEHIND_BALANCER, ALL_WEB_SERVERS)
    _, kept = gone.transient
    assert (kept.some, kept.reply.status, str(kept.lasts)) == (True, 502, "0-60 s")
    aws_default = dropped_from(
        BALANCER, "LoadBalancerAttributes", where=lambda item: item["Key"] == "client_keep_alive.seconds"
    )
    _, kept = answer(changed(BEHIND_BALANCER, aws_default), ALL_WEB_SERVERS).transient
    assert str(kept.lasts) == "0-3600 s"
    # A load balancer that does not answer keeps no connection.
    assert len(answer(BEHIND_BALANCER, LOAD_BALANCER).transient) == 1


def test_a_lost_server_is_asked_until_the_last_check_has_timed_out() -> None:
    (noticed,) = answer(BARE, WEB_SERVER).transient
    assert str(noticed.lasts) == "0-35 s"
    quick = set_in("AWS::ElasticLoadBalancingV2::TargetGroup", "HealthCheckTimeoutSeconds", to=2)
    (noticed,) = answer(changed(BARE, quick), WEB_SERVER).transient
    assert str(noticed.lasts) == "0-32 s"


def test_the_loss_of_a_load_balancers_zone_has_no_documented_end() -> None:
    spans = [phase.lasts for phase in answer(site(Database=False), ZONE).transient]
    assert any(span is not None and span.longest is None for span in spans)


def test_no_server_boots_while_s3_is_down() -> None:
    assert any("no server can boot" in why for why in answer(BARE, S3).last.why)
    own_image = changed(BARE)
    for properties in each(own_image, "AWS::EC2::LaunchTemplate"):
        properties["LaunchTemplateData"]["UserData"] = "#!/bin/sh\n/opt/shop/start"
    assert not any("no server can boot" in why for why in answer(own_image, S3).last.why)


def test_a_database_without_a_standby_is_not_said_to_be_lost_whatever_fails() -> None:
    alone = answer(site(Database={"MultiAZ": False}), DATABASE_PRIMARY)
    assert "automatically replaces a failed host in the same zone" in formatting.why(alone)


@given(SITES)
@examples(30)
def test_assumptions_are_never_shown(properties: dict[str, Any]) -> None:
    """A time that no document bounds is said to be one, in words and in JSON."""
    result = survey_of(properties)
    for cell in result.cells:
        for phase in cell.answer.phases:
            if phase.lasts is not None and not phase.lasts.documented:
                said = formatting.phase(phase)
                assert "AWS documents no time" in said
                assert f"{phase.lasts.high} s" not in said.replace(f"{phase.lasts.low} s", "")


@given(SITES)
@examples(30)
def test_a_failure_that_dns_ends_says_how_long_open_connections_last(properties: dict[str, Any]) -> None:
    if properties.get("FrontDoor") != "LoadBalancer":
        return
    assert "client_keep_alive.seconds" in json.dumps(site(**properties))
    for lost in answers(survey_of(properties), ALL_WEB_SERVERS, RequestKind.PAGE):
        assert [phase.some for phase in lost.phases] == [False, True, False]
