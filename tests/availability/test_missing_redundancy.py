"""Zones, standbys, servers and replicas, taken out: what one failure then does."""

import pytest

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import DATABASE_PRIMARY, WEB_SERVER, ZONE
from tests.availability.resource_types import BALANCER, DATABASE, GROUP
from tests.availability.templates import Change, Template, answer, changed, each, set_in
from tests.availability.unbroken_sites import BARE, BEHIND_BALANCER


def one_subnet(kind: str, name: str) -> Change:
    def change(template: Template) -> None:
        for properties in each(template, kind):
            del properties[name][1:]

    return change


def in_one_zone(template: Template) -> None:
    for properties in each(template, "AWS::EC2::Subnet"):
        properties["AvailabilityZone"] = {"Fn::Select": [0, {"Fn::GetAZs": ""}]}


FRIENDLY = Outcome.FRIENDLY_PAGE
ZONES: dict[str, tuple[Outcome, tuple[Change, ...]]] = {
    "servers in one zone": (FRIENDLY, (one_subnet(GROUP, "VPCZoneIdentifier"),)),
    "load balancer in one zone": (FRIENDLY, (one_subnet(BALANCER, "Subnets"),)),
    "database's subnets in one zone": (Outcome.ERROR, (one_subnet("AWS::RDS::DBSubnetGroup", "SubnetIds"),)),
    "database without a standby": (Outcome.ERROR, (set_in(DATABASE, "MultiAZ", to=False),)),
    "all subnets in one zone": (FRIENDLY, (in_one_zone,)),
    "zones are not known": (Outcome.UNKNOWN, (set_in(GROUP, "VPCZoneIdentifier", to={"Ref": "AWS::NoSuchThing"}),)),
}


@pytest.mark.parametrize("mutation", ZONES)
def test_zone_is_lost(mutation: str) -> None:
    assert answer(BARE, ZONE).last.outcome is Outcome.PAGE
    outcome, changes = ZONES[mutation]
    lost = answer(changed(BARE, *changes), ZONE)
    assert lost.last.outcome is outcome, lost


def test_database_without_a_standby_is_lost_for_good() -> None:
    assert answer(BARE, DATABASE_PRIMARY).last.outcome is Outcome.PAGE
    assert str(answer(BARE, DATABASE_PRIMARY).transient[0].lasts) == "60-120 s"
    lost = answer(changed(BARE, set_in(DATABASE, "MultiAZ", to=False)), DATABASE_PRIMARY)
    assert (lost.last.outcome, lost.last.status) == (Outcome.ERROR, 500)


def test_one_server_only_is_missed_until_it_is_replaced() -> None:
    several = answer(BARE, WEB_SERVER)
    alone = answer(changed(BARE, set_in(GROUP, "MinSize", to="1")), WEB_SERVER)
    assert [phase.some for phase in several.transient] == [True]
    assert [phase.some for phase in alone.transient] == [False]
    assert alone.last.outcome is Outcome.PAGE


def test_cache_without_a_replica_makes_pages_slower_for_longer() -> None:
    lone = set_in("AWS::ElastiCache::ReplicationGroup", "AutomaticFailoverEnabled", to=False)
    before, after = (answer(t, "the cache's primary") for t in (BEHIND_BALANCER, changed(BEHIND_BALANCER, lone)))
    assert before.last.outcome is after.last.outcome is Outcome.PAGE
    assert "promoted a replica" in " ".join(before.last.why)
    assert "replaced" in " ".join(after.last.why)
