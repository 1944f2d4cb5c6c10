"""What the model says of both halves of a site with a copy in another Region, before and after a switch."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from cli.analysis.availability import graph
from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.degraded import degraded
from cli.analysis.availability.failures import failures
from cli.analysis.availability.halves import both
from cli.analysis.availability.lost_regions import from_copy
from cli.analysis.availability.model import answer, survey
from cli.analysis.availability.recovery import Recovery, recoveries
from cli.analysis.availability.requests import RequestKind
from cli.analysis.availability.visits import visits
from cli.analysis.expanded import Expanded
from tests.availability.surveyed_copies import FEW, SWITCHED, cells, copy_of, survey_of
from tests.availability.templates import Change, changed, removed, set_in
from tests.expansion.expanded import expanded_template
from tests.expansion.random_copies import PRIMARY, SECONDARY, is_internal, with_copy
from tests.hypothesis_profile import examples
from tools.repository import ROOT

SITE: dict[str, Any] = {
    "DomainName": "www.example.com",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "Secondary": {"Region": SECONDARY},
}
MODES = ("PilotLight", "WarmStandby")
FRONT_DOORS = ("CloudFront", "LoadBalancer")


@given(SWITCHED)
@examples(FEW)
def test_no_lost_region_keeps_visitors_from_the_site_once_the_switch_is_done(site: dict[str, Any]) -> None:
    for cell in cells(site, switched=True, first=""):
        assert cell.answer.last.outcome is Outcome.PAGE, (cell.failure.name, cell.visit, cell.answer)


def test_standby_whose_database_is_a_replica_answers_all_but_writes() -> None:
    """The copy is lost while it is active: DNS goes back to the primary half by itself."""
    warm = with_copy(SITE, Mode="WarmStandby", Replica=True)
    found = {cell.visit.kind: cell.answer.last.outcome for cell in cells(warm, switched=False, first=SECONDARY)}
    assert (found[RequestKind.PAGE], found[RequestKind.FORM]) == (Outcome.PAGE, Outcome.ERROR)
    # Without a database, nothing refuses writes.
    found = {
        cell.visit.kind: cell.answer.last.outcome
        for cell in cells({**warm, "Database": False}, switched=False, first=SECONDARY)
    }
    assert found[RequestKind.FORM] is Outcome.PAGE


@given(SWITCHED)
@examples(FEW)
def test_visitors_get_the_friendly_page_before_the_switch(site: dict[str, Any]) -> None:
    for cell in cells(site, switched=False):
        reply = cell.answer.last
        asset = cell.visit.kind is RequestKind.ASSET
        assert (reply.outcome, reply.status) == (Outcome.FRIENDLY_PAGE, 503) or (
            asset and reply.outcome is Outcome.PAGE
        )


@given(SWITCHED)
@examples(FEW)
def test_visitors_get_the_friendly_page_or_the_site_if_the_active_copy_is_lost(site: dict[str, Any]) -> None:
    """The page is in the primary Region then. A WarmStandby without a database has servers there at once.

    Behind internal load balancers, CloudFront does not send visitors to them before the switch.
    """
    serves = copy_of(site).mode == "WarmStandby" and site.get("Database") is False and not is_internal(site)
    for cell in cells(site, switched=False, first=SECONDARY):
        reply = cell.answer.last
        friendly = (reply.outcome, reply.status) == (Outcome.FRIENDLY_PAGE, 503)
        page = reply.outcome is Outcome.PAGE and (serves or cell.visit.kind is RequestKind.ASSET)
        assert page or (friendly and not serves), (cell.visit, cell.answer)


@pytest.mark.parametrize("mode", [*MODES, "Backups"])
def test_page_stays_in_the_copys_region_after_a_switch_from_a_lost_region(mode: str) -> None:
    """Nothing updates the stack in the lost Region, so visitors get the page there was until DNS leads to the copy."""
    for cell in cells(with_copy(SITE, Mode=mode), switched=True, first=f"{PRIMARY} lost"):
        if cell.visit.kind is not RequestKind.ASSET:
            first, last = cell.answer.phases[0].reply, cell.answer.last
            assert (first.outcome, last.outcome) == (Outcome.FRIENDLY_PAGE, Outcome.PAGE), cell


@given(SWITCHED)
@examples(FEW)
def test_forms_get_what_pages_get(site: dict[str, Any]) -> None:
    result = survey_of(site)
    pages = {
        (cell.failure.name, cell.visit.host): cell.answer.last.outcome
        for cell in result.cells
        if cell.visit.kind is RequestKind.PAGE
    }
    forms = [cell for cell in result.cells if cell.visit.kind is RequestKind.FORM]
    assert forms
    for cell in forms:
        assert cell.answer.last.outcome is pages[cell.failure.name, cell.visit.host]


@given(SWITCHED)
@examples(5)
def test_copy_changes_no_answer_while_both_regions_are_there(site: dict[str, Any]) -> None:
    found = copy_of(site)
    alone = survey(expanded_template(site, PRIMARY), PRIMARY)
    assert set(alone.visits) == set(visits(found.before))
    for failure in failures(found.before)[:-1]:
        for visit in alone.visits:
            assert answer(found.before, failure, visit) == alone.answer(failure.name, visit), (failure.name, visit)


@given(SWITCHED)
@examples(5)
def test_active_copy_survives_what_the_primary_half_survives(site: dict[str, Any]) -> None:
    small = ("nothing", "a web server", "a zone", "the database's primary", "a read replica", "the cache's primary")
    judged = [cell for cell in from_copy(copy_of(site)).cells if cell.failure.name in small]
    assert judged
    assert [cell for cell in judged if cell.answer.last.outcome is not Outcome.PAGE] == []


@given(SWITCHED)
@examples(5)
def test_planned_switch_loses_nothing(site: dict[str, Any]) -> None:
    unplanned, planned = recoveries(copy_of(site))
    assert planned.lost == ()
    assert planned.rpo.high == 0
    assert unplanned.rto.high > 0


INTERNAL: dict[str, Any] = {"Network": {"WebSubnets": "Private"}, "LoadBalancer": {"Scheme": "internal"}}


def test_copy_behind_a_vpc_origin_gets_no_visitors_until_cloudfront_has_the_origin() -> None:
    without = {**SITE, **INTERNAL}
    assert {
        cell.answer.last.outcome
        for cell in cells(without, switched=True, first=f"{PRIMARY} lost")
        if cell.visit.kind is not RequestKind.ASSET
    } == {Outcome.FRIENDLY_PAGE}
    with_origin = with_copy(without, VpcOrigin=True)
    replies = [cell.answer.last for cell in cells(with_origin, switched=True, first="")]
    assert {reply.outcome for reply in replies} == {Outcome.PAGE}


def test_function_without_a_store_selects_no_origin() -> None:
    site = with_copy({**SITE, **INTERNAL}, VpcOrigin=True)
    template = expanded_template(site, PRIMARY)
    assert graph.read(template, PRIMARY, {}).selected_origins
    config = template["Resources"]["SiteSelectOrigin"]["Properties"]["FunctionConfig"]
    del config["KeyValueStoreAssociations"]
    assert graph.read(template, PRIMARY, {}).selected_origins == {}


def test_cloudfront_follows_without_dns() -> None:
    unplanned, _ = recoveries(copy_of(with_copy({**SITE, **INTERNAL}, VpcOrigin=True)))
    assert "CloudFront selects the copy's origin" in steps(unplanned)
    assert "DNS follows the switch signal" not in steps(unplanned)


def steps(recovery: Recovery) -> set[str]:
    return {step.what for step in recovery.steps}


def test_warm_standby_waits_for_no_server() -> None:
    pilot_light, warm = (recoveries(copy_of(with_copy(SITE, Mode=mode)))[0] for mode in MODES)
    assert steps(pilot_light) - steps(warm) == {"start the servers"}
    assert steps(warm) <= steps(pilot_light)
    assert warm.rto.low < pilot_light.rto.low


def test_site_without_database_loses_only_assets() -> None:
    unplanned, _ = recoveries(copy_of({**SITE, "Database": False}))
    assert "promote the database" not in steps(unplanned)
    assert ["assets" in part.what for part in unplanned.lost] == [True]


@pytest.mark.parametrize("interval", [10, 30])
def test_times_come_from_the_template(interval: int) -> None:
    site = {**SITE, "HealthCheck": {"RequestInterval": interval}}
    unplanned, _ = recoveries(copy_of(site))
    passes = next(step for step in unplanned.steps if "health check passes" in step.what)
    assert (passes.seconds.low, passes.seconds.high) == (3 * interval, 3 * interval + 60)


def broken(half: str, change: Change, front_door: str) -> Outcome:
    """Return what a page gets from the copy, its primary Region lost, with a change in one half's template."""
    site = with_copy({**SITE, "FrontDoor": front_door}, ActiveRegion=SECONDARY)
    expanded = {region: expanded_template(site, region) for region in (PRIMARY, SECONDARY)}
    expanded[half] = changed(expanded[half], change)
    graph = both(*(Expanded(expanded[region], region, {}) for region in (PRIMARY, SECONDARY)), switched=True)
    lost = next(item for item in failures(graph, PRIMARY) if item.name == "the whole Region")
    page = next(visit for visit in visits(graph) if visit.kind is RequestKind.PAGE)
    return answer(graph, lost, page).last.outcome


@pytest.mark.parametrize("front_door", FRONT_DOORS)
def test_switch_needs_each_of_its_parts(front_door: str) -> None:
    record = "AWS::Route53::RecordSet"
    group = "AWS::AutoScaling::AutoScalingGroup"
    assert broken(SECONDARY, lambda _: None, front_door) is Outcome.PAGE
    for half, change in (
        (SECONDARY, removed(record, "active.")),
        (SECONDARY, removed("AWS::ElasticLoadBalancingV2::Listener", "443")),
        (SECONDARY, set_in(group, "MinSize", to="0")),
        (SECONDARY, set_in("AWS::RDS::DBInstance", "Port", to=1234)),
        (PRIMARY, set_in("AWS::Route53::HealthCheck", "HealthCheckConfig", "Inverted", to=False, having="switch.")),
    ):
        assert broken(half, change, front_door) is not Outcome.PAGE


def test_switch_needs_the_same_header_in_both_regions() -> None:
    def other(template: dict[str, Any]) -> None:
        for body in template["Resources"].values():
            text = json.dumps(body)
            if body["Type"] == "AWS::ElasticLoadBalancingV2::ListenerRule" and "OriginSecretArn" in text:
                body["Properties"] = json.loads(text.replace("OriginSecretArn", "DatabaseSecretArn"))["Properties"]

    assert broken(SECONDARY, other, "CloudFront") is not Outcome.PAGE


def test_what_degrades_is_in_the_copys_region() -> None:
    found = " ".join(degraded(copy_of(SITE)))
    for part in ("friendly page", "loss of us-east-1", "assets", "SiteOriginSecret"):
        assert part in found
    without = " ".join(degraded(copy_of({**SITE, "Database": False, "FrontDoor": "LoadBalancer"})))
    assert "RDS" not in without
    assert "Secret" not in without


def test_bucket_of_assets_is_replicated_to_the_copys_region() -> None:
    found = copy_of(SITE).before
    assert found.replication.buckets == {"SiteAssetsBucket": "SiteAssetsCopy"}
    assert found.region_of("SiteAssetsCopy") == SECONDARY


def test_command_shows_both_regions(command_line: Any) -> None:
    example = ROOT / "examples/second-region.yaml"
    shown = command_line("failures", example).stdout
    for part in (
        "Copy in us-west-2 (PilotLight)",
        "us-east-1 lost, before the switch",
        "RPO",
        "While us-west-2 is active",
    ):
        assert part in shown
    reported = json.loads(command_line("failures", example, "--json").stdout)
    (found,) = reported["copies"]
    assert found["region"] == SECONDARY
    assert [item["case"] for item in found["recovery"]] == ["us-east-1 lost", "a planned switch"]
    assert found["recovery"][1]["rpoSeconds"] == [0, 0]
    refused = command_line("failures", example, "--region", SECONDARY)
    assert refused.returncode == 1
    assert "Region of the primary half" in refused.stderr


def test_active_region_in_the_file_changes_no_answer(command_line: Any, tmp_path: Path) -> None:
    plain = ROOT / "examples/second-region.yaml"
    active = tmp_path / "active.yaml"
    active.write_text(
        plain.read_text().replace("Mode: PilotLight", f"Mode: PilotLight\n        ActiveRegion: {SECONDARY}")
    )
    assert command_line("failures", active).stdout == command_line("failures", plain).stdout


def test_site_without_a_copy_has_none(command_line: Any) -> None:
    done = command_line("failures", ROOT / "examples/with-domain.yaml", "--json")
    assert json.loads(done.stdout).keys() == {"answers", "figures"}
