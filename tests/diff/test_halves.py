"""`diff` of a site with a copy in another Region: which half it compares, and what the other one needs."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.analysis.updates.comparison import compare
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.halves import halves, notes
from cli.analysis.updates.stack import stack
from resilient_website.expand import expand_template
from tests.expansion.one_site import DOMAIN as SITE
from tests.expansion.random_sites import in_template

PRIMARY, SECONDARY = "us-east-1", "us-west-2"


def copied(mode: str = "PilotLight", region: str = SECONDARY, **more: Any) -> dict[str, Any]:
    return {**SITE, "Secondary": {"Region": region, "Mode": mode, **more}}


def noted(old: dict[str, Any], new: dict[str, Any], region: str = PRIMARY, *, expanded: bool = False) -> list[str]:
    """Return the notes of an update; with `expanded`, the old template is what the macro made, as a stack has it."""
    compact = [in_template(old), in_template(new)]
    made = [expand_template(each, {}, region) for each in compact]
    changes = compare(stack(made[0], region, {}), stack(made[1], region, {}), region)
    before = halves(made[0] if expanded else compact[0], {}, region)
    return notes(before, halves(compact[1], {}, region), changes, region)


@pytest.mark.parametrize("expanded", [False, True])
def test_compared_half_and_the_order(expanded: bool) -> None:
    new = {**copied(), "WebServers": {"MaxSize": 12}}
    (primary,) = noted(copied(), new, expanded=expanded)
    assert "primary half in us-east-1" in primary
    assert "for the copy in us-west-2, too; deploy this one first" in primary
    (copy,) = noted(copied(), new, SECONDARY, expanded=expanded)
    assert "its copy in us-west-2" in copy
    assert "deploy that one first" in copy


def test_change_of_the_copy_does_not_replace_its_database() -> None:
    old, new = (
        stack(expand_template(in_template(site), {}, SECONDARY), SECONDARY, {})
        for site in (copied(), {**copied(), "WebServers": {"MaxSize": 12}})
    )
    effects = {change.logical_id: change.effect for change in compare(old, new, SECONDARY)}
    assert effects["SitePrimaryHalf"] is Effect.CHANGED
    assert "SiteDatabase" not in effects
    elsewhere = stack(
        expand_template(in_template({**copied(), "Database": {"DatabaseName": "shop"}}), {}, SECONDARY), SECONDARY, {}
    )
    assert not [change for change in compare(old, elsewhere, SECONDARY) if change.effect >= Effect.MAY_BE_REPLACED]


def test_replica_whose_source_moves_is_still_replaced() -> None:
    """The primary half, which replicates its copy after a switch: another Region is another source."""
    old, new = (
        stack(
            expand_template(in_template(copied(region=region, ActiveRegion=region, Replica=True)), {}, PRIMARY),
            PRIMARY,
            {},
        )
        for region in (SECONDARY, "eu-west-1")
    )
    effects = {change.logical_id: change.effect for change in compare(old, new, PRIMARY)}
    assert effects["SiteDatabase"] >= Effect.MAY_BE_REPLACED


def test_upgrade_of_the_database_begins_with_the_copy() -> None:
    old, new = ({**copied(), "Database": {"EngineVersion": version}} for version in ("8.4.3", "8.4.4"))
    assert "deploy that one first: RDS upgrades replicas" in noted(old, new)[0]
    assert "deploy this one first: RDS upgrades replicas" in noted(old, new, SECONDARY)[0]


def test_copy_is_added() -> None:
    (note,) = noted(SITE, copied())
    assert "gets a copy in us-west-2" in note
    assert "existing assets are not replicated" in note


@pytest.mark.parametrize("expanded", [False, True])
def test_copy_is_removed(expanded: bool) -> None:
    (note,) = noted(copied(), SITE, expanded=expanded)
    assert "Delete the stack there, if there is one, before this update" in note
    assert "the update protection rejects this update" in note
    (there,) = noted(copied(), SITE, SECONDARY, expanded=expanded)
    assert "Delete the stack instead" in there
    assert "promoted" in there


@pytest.mark.parametrize("expanded", [False, True])
def test_copy_moves(expanded: bool) -> None:
    (note,) = noted(copied(), copied(region="eu-west-1"), expanded=expanded)
    assert "from us-west-2 to eu-west-1" in note
    assert "delete the stack in us-west-2 (a final snapshot remains)" in note
    assert "the update protection rejects this update" in note


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [("PilotLight", "WarmStandby", "servers and cache start"), ("WarmStandby", "PilotLight", "without a standby")],
)
def test_mode_changes(old: str, new: str, text: str) -> None:
    _, note = noted(copied(old), copied(new))
    assert f"from {old} to {new}" in note
    assert "database is kept" in note
    assert text in note


def test_active_region_belongs_to_the_switch() -> None:
    _, note = noted(copied(), copied(ActiveRegion=SECONDARY))
    assert "switch" in note


def test_site_without_a_copy_has_no_notes() -> None:
    assert noted(SITE, {**SITE, "WebServers": {"MaxSize": 12}}) == []


def test_report_has_the_notes(command_line: Any, tmp_path: Path) -> None:
    files = []
    for name, properties in (("old", copied()), ("new", {**copied(), "WebServers": {"MaxSize": 12}})):
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(json.dumps({"Transform": "ResilientWebsite", **in_template(properties)}))
    shown = command_line("diff", *files, "--region", SECONDARY)
    assert shown.returncode == 0, shown.stderr
    assert "Copy: Site: this compares its copy in us-west-2." in " ".join(shown.stdout.split())
    (note,) = json.loads(command_line("diff", *files, "--json").stdout)["copies"]
    assert "primary half in us-east-1" in note


INTERNAL: dict[str, Any] = {"Network": {"WebSubnets": "Private"}, "LoadBalancer": {"Scheme": "internal"}}


def test_cloudfront_gets_and_loses_the_copys_vpc_origin() -> None:
    without, with_origin = ({**INTERNAL, **group} for group in (copied(), copied(VpcOrigin=True)))
    (_, gets) = noted(without, with_origin)
    assert "so that a switch can lead visitors there. Deploy the primary Region first" in gets
    (_, loses) = noted(with_origin, without)
    assert "visitors get the primary half. If the copy is active, switch back first" in loses
    for region in (PRIMARY, SECONDARY):
        old, new = (
            stack(expand_template(in_template(each), {}, region), region, {}) for each in (without, with_origin)
        )
        changed = compare(old, new, region)
        assert changed
        assert [each.logical_id for each in changed if each.effect >= Effect.MAY_BE_REPLACED] == []
