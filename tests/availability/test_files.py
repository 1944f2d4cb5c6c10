"""Shared files: what visitors get when EFS, or one of its mount targets, does not respond."""

from typing import Any

import pytest

from cli.analysis.availability.answers import Answer, Outcome
from cli.analysis.availability.failures import EFS, MOUNT_TARGET, ZONE
from cli.analysis.availability.model import survey
from cli.analysis.availability.requests import RequestKind
from tests.availability.templates import site

Json = dict[str, Any]

OWN: Json = {"UserData": "true"}
ROOT_CHECKED: Json = {**OWN, "HealthCheckPath": "/"}


def of_pages(template: Json, failure: str) -> Answer:
    """Return the answer to a page."""
    result = survey(template)
    visit = next(visit for visit in result.visits if visit.kind is RequestKind.PAGE)
    return result.answer(failure, visit)


def with_files(servers: Json) -> Json:
    return site(Files=True, WebServers=servers, Database=False)


def test_nothing_else_uses_the_files() -> None:
    names = {failure.name for failure in survey(site()).failures}
    assert not names & {EFS.name, MOUNT_TARGET.name}


def test_friendly_page_responds_while_efs_does_not() -> None:
    assert of_pages(with_files(OWN), EFS.name).last.outcome is Outcome.FRIENDLY_PAGE


def test_sample_application_does_not_use_the_files() -> None:
    template = site(Files=True)
    assert [of_pages(template, failure.name).last.outcome for failure in (EFS, MOUNT_TARGET)] == [Outcome.PAGE] * 2


def test_losing_a_zone_loses_no_files() -> None:
    assert of_pages(with_files(ROOT_CHECKED), ZONE).last.outcome is Outcome.PAGE


@pytest.mark.parametrize(("servers", "noticed"), [(ROOT_CHECKED, True), ({**OWN, "HealthCheckPath": "/up"}, False)])
def test_health_check_that_uses_the_files_notices_a_lost_mount_target(servers: Json, noticed: bool) -> None:
    answer = of_pages(with_files(servers), MOUNT_TARGET.name)
    assert all(phase.some for phase in answer.phases if phase.reply.outcome > Outcome.PAGE)
    assert (answer.last.outcome is Outcome.PAGE) is noticed


def test_servers_that_can_not_reach_the_mount_targets_serve_nothing() -> None:
    template = with_files(OWN)
    closed = {name: body for name, body in template["Resources"].items() if name != "SiteFilesIngress"}
    assert of_pages({**template, "Resources": closed}, "nothing").last.outcome > Outcome.PAGE
