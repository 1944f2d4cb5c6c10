"""The command `restore` on RDS in memory: what has the site's name in the end, and that nothing is lost on the way."""

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from cli.deployed.site import DeployedSite, Resource
from cli.main import main
from cli.restore.command import run
from cli.restore.target import MAX_IDENTIFIER, Target, names
from resilient_website.problems import InvalidTemplateError
from tests.cli.fake_rds import OWN, REGION, START, FakeRds, Interrupted

TIME = Target(time=START - timedelta(hours=1))
SNAPSHOT = Target(snapshot="mine")
DATA = {TIME: "at 02:10", SNAPSHOT: "of mine"}
SITE = DeployedSite(
    REGION,
    "my-site",
    "Site",
    {
        "SiteDatabase": Resource("SiteDatabase", "AWS::RDS::DBInstance", OWN),
        "SiteDatabaseSecret": Resource("SiteDatabaseSecret", "AWS::SecretsManager::Secret", "secret"),
    },
)


class Surroundings:
    """The secret, and the stack that is not being updated, as far as a restore asks them."""

    status = "UPDATE_COMPLETE"

    def get_secret_value(self, SecretId: str) -> Any:  # noqa: N803
        assert SecretId == "secret"
        return {"SecretString": '{"username": "website", "password": "current"}'}

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803
        assert StackName == "my-site"
        return {"Stacks": [{"StackStatus": self.status}]}


def restore(rds: FakeRds, target: Target, *, confirmed: bool = True, is_dry: bool = False, status: str = "") -> None:
    surroundings = Surroundings()
    surroundings.status = status or surroundings.status
    tools = rds.tools()
    object.__setattr__(tools, "client", lambda service, _: rds if service == "rds" else surroundings)
    run(tools, SITE, target, lambda: confirmed, is_dry=is_dry)


@pytest.mark.parametrize("target", [TIME, SNAPSHOT], ids=["time", "snapshot"])
def test_restored_data_has_the_sites_name_and_the_old_one_is_kept(target: Target) -> None:
    rds = FakeRds()
    before = dict(rds.instances[OWN])
    restore(rds, target)
    kept = names(OWN, target).kept
    assert {name: rds.data(name) for name in rds.instances} == {OWN: DATA[target], kept: "old"}
    # The site's secret opens it, and the stack's properties are true of it.
    assert rds.passwords[DATA[target]] == "current"
    after = rds.instances[OWN]
    assert after["Endpoint"] == before["Endpoint"]
    same = ("DBInstanceArn", "DBInstanceClass", "MultiAZ", "MaxAllocatedStorage", "DeletionProtection", "KmsKeyId")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert {tag["Key"] for tag in after["TagList"]} == {"Team", "resilient-website:restored"}


@pytest.mark.parametrize("target", [TIME, SNAPSHOT], ids=["time", "snapshot"])
def test_interrupted_after_any_call_or_wait_it_continues(target: Target) -> None:
    whole = FakeRds()
    restore(whole, target)
    assert whole.beats > 40
    for beat in range(1, whole.beats):
        rds = FakeRds(interrupt_after=beat)
        with pytest.raises(Interrupted):
            restore(rds, target)
        assert "old" in {rds.data(name) for name in rds.instances}
        restore(rds, target)
        assert {name: rds.data(name) for name in rds.instances} == {n: whole.data(n) for n in whole.instances}, beat
        assert [call for call in rds.calls if call.startswith("Restore")] == [whole.calls[0]], beat


def test_repeated_it_changes_nothing() -> None:
    rds = FakeRds()
    restore(rds, TIME)
    calls = list(rds.calls)
    restore(rds, TIME)
    assert rds.calls == calls


def test_unconfirmed_and_dry_run_leave_the_site_its_database(capsys: pytest.CaptureFixture[str]) -> None:
    rds = FakeRds()
    restore(rds, TIME, is_dry=True)
    assert rds.calls == []
    assert capsys.readouterr().out.count("left: ") == 4
    with pytest.raises(InvalidTemplateError, match="not swapped; run the same command again"):
        restore(rds, TIME, confirmed=False)
    assert rds.data() == "old"
    assert rds.data(names(OWN, TIME).restored) == DATA[TIME]
    restore(rds, TIME, is_dry=True)
    assert capsys.readouterr().out.count("already done: ") == 2


@pytest.mark.parametrize("hours", [0, 24 * 8])
def test_time_outside_the_backups_is_refused(hours: int) -> None:
    with pytest.raises(InvalidTemplateError, match=f"the backups of {OWN} reach from"):
        restore(FakeRds(), Target(time=START - timedelta(hours=hours)))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"KmsKeyId": None}, "copy it with the database's key"),
        ({"MasterUsername": "admin"}, "the master user can't change"),
        ({"EngineVersion": "8.0.40"}, "give a snapshot of the same version"),
        ({"Status": "creating"}, "wait until it is available"),
    ],
)
def test_snapshot_that_does_not_fit_is_refused(changed: dict[str, Any], said: str) -> None:
    rds = FakeRds()
    rds.snapshots["mine"] |= changed
    with pytest.raises(InvalidTemplateError, match=said):
        restore(rds, SNAPSHOT)
    assert rds.calls == []
    with pytest.raises(InvalidTemplateError, match="there is no snapshot another"):
        restore(rds, Target(snapshot="another"))


def test_swap_waits_for_replicas_to_go_and_for_the_stack(capsys: pytest.CaptureFixture[str]) -> None:
    rds = FakeRds()
    rds.instances[OWN]["ReadReplicaDBInstanceIdentifiers"] = ["replica-1"]
    restore(rds, TIME, is_dry=True)
    assert "refused before the databases are renamed" in capsys.readouterr().out
    with pytest.raises(InvalidTemplateError, match="replica-1 replicate from the old database"):
        restore(rds, TIME)
    rds.instances[OWN]["ReadReplicaDBInstanceIdentifiers"] = []
    with pytest.raises(InvalidTemplateError, match="UPDATE_IN_PROGRESS"):
        restore(rds, TIME, status="UPDATE_IN_PROGRESS")
    assert rds.data() == "old"
    restore(rds, TIME)
    assert rds.data() == DATA[TIME]


def test_replica_is_refused() -> None:
    rds = FakeRds()
    rds.instances[OWN]["ReadReplicaSourceDBInstanceIdentifier"] = "arn:other"
    with pytest.raises(InvalidTemplateError, match="restore the database that it replicates"):
        restore(rds, TIME)


def test_failed_restore_is_reported() -> None:
    rds = FakeRds()
    with pytest.raises(InvalidTemplateError):
        restore(rds, TIME, confirmed=False)
    rds.instances[names(OWN, TIME).restored] |= {"DBInstanceStatus": "incompatible-restore"}
    with pytest.raises(InvalidTemplateError, match="the database is incompatible-restore"):
        restore(rds, TIME)


@pytest.mark.parametrize("own", ["a", "a" * 63, "a-" * 31 + "a", "a" * 39 + "-" * 1 + "b" * 20])
def test_names_are_ones_that_rds_takes(own: str) -> None:
    for name in (names(own, TIME).restored, names(own, TIME).kept):
        assert len(name) <= MAX_IDENTIFIER
        assert "--" not in name
        assert not name.endswith("-")
    assert names(own, TIME) != names(own, SNAPSHOT)


@pytest.mark.parametrize("value", ["yesterday", "2026-01-31T03:10:00", "2026-01-31"])
def test_time_without_a_zone_is_refused(value: str) -> None:
    done = CliRunner().invoke(main, ["restore", "my-site", "--to", value])
    assert (done.exit_code, "date, time and time zone" in done.output) == (1, True)


def test_one_of_both_is_needed() -> None:
    for arguments in ([], ["--to", "2026-01-31T03:10:00Z", "--snapshot", "mine"]):
        done = CliRunner().invoke(main, ["restore", "my-site", *arguments])
        assert (done.exit_code, "give --to or --snapshot" in done.output) == (2, True)
