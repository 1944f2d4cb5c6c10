"""A site whose backups are replicated to another Region: its recovery there, while its own Region is dead.

The tests build on one another.
"""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.deployed.site import SiteName
from cli.deployed.tools import Tools
from cli.deployed.visits import Internet
from cli.switch.half import find_half
from cli.switch.lag import lost_by_backups
from cli.switch.plan import recovery
from cli.switch.run import run
from cli.switch.site_file import site_file
from tests.deployment.two_regions import TwoRegions
from tests.sites import Installation, StackError

BACKUPS = {"Mode": "Backups"}


@pytest.fixture(scope="module")
def two(installation: Installation, ireland: Installation) -> Iterator[TwoRegions]:
    halves = TwoRegions(installation, ireland, "backed-up")
    yield halves
    halves.clear()


def recovered(two: TwoRegions) -> dict[str, str]:
    return {**BACKUPS, "ActiveRegion": two.b.region}


def recover(two: TwoRegions, folder: Path) -> None:
    """Create the half as `switch` does, from the file that the primary Region has."""
    path = folder / "site.json"
    path.write_text(json.dumps(two.template(Secondary=BACKUPS)))

    def client(service: str, region: str) -> Any:
        return two.emulator.client(service, two.b.account, region)

    tools = Tools(client, lambda: datetime.now(UTC), lambda _: time.sleep(1), print, Internet())
    half = find_half(client, SiteName(two.name), two.b.region)
    assert half.backups_only
    assert lost_by_backups(client, half).until is not None
    run(recovery(tools, half, site_file(path, {}, half), None), tools)
    assert find_half(client, SiteName(two.name), two.b.region).recovered


def test_backups_are_replicated_and_nothing_runs_there(two: TwoRegions) -> None:
    two.deploy(two.a, Secondary=BACKUPS)
    arn = two.database(two.a)["DBInstanceArn"]
    (backup,) = two.b.client("rds").describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    assert (backup["DBInstanceArn"], backup["Status"]) == (arn, "replicating")
    assert backup["KmsKeyId"].split(":")[3] == two.b.region
    assert two.b.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert two.reported()["DatabaseArn"] == arn


def test_half_that_is_not_active_is_refused(two: TwoRegions) -> None:
    with pytest.raises(StackError, match=f"ActiveRegion: {two.b.region}"):
        two.deploy(two.b, Secondary=BACKUPS)
    two.delete(two.b)


def test_site_is_recovered_while_its_region_is_dead(two: TwoRegions, tmp_path: Path) -> None:
    with two.dead(two.a):
        recover(two, tmp_path)
        database = two.database(two.b)
        assert (database["DBInstanceStatus"], database["MultiAZ"]) == ("available", True)
        assert database["KmsKeyId"].split(":")[3] == two.b.region
        # Later updates keep the database, with newer backups too.
        two.deploy(two.b, Secondary=recovered(two), Database={"BackupRetentionPeriod": 9})
        assert two.database(two.b)["DbiResourceId"] == database["DbiResourceId"]
    two.switch(on=True)
    with two.served(tmp_path):
        assert two.ask("POST").body == f"{two.b.region} POST"


def test_primary_half_becomes_a_replica_for_the_way_back(two: TwoRegions) -> None:
    two.deploy(two.a, Secondary=recovered(two))
    two.deploy(two.a, Secondary={**recovered(two), "Replica": True})
    source = two.database(two.b)["DBInstanceArn"]
    assert two.database(two.a)["ReadReplicaSourceDBInstanceIdentifier"] == source
    before = two.database(two.a)["DbiResourceId"]
    two.deploy(two.a, Secondary={**BACKUPS, "Replica": True})
    two.switch(on=False)
    assert two.database(two.a)["DbiResourceId"] == before
    assert two.database(two.a)["DBInstanceAutomatedBackupsReplications"]
    assert two.delete(two.b) == "DELETE_COMPLETE"
