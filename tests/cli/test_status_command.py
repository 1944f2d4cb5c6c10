"""The command `status`: its exit status, its errors, and the permissions that it needs."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from cli.status import command
from cli.status.permissions import ACTIONS, policy
from cli.status.rows import State
from tests.cli.aws_in_memory import in_place, real_client
from tests.cli.documented_policies import documented
from tests.cli.fake_site import EDGE, NOW, STANDBY_ADDRESS, FakeSite
from tests.cli.reported_status import rows


def operations() -> list[str]:
    """Return every operation that `status` asks after it has found the site."""
    fake = FakeSite()
    fake.addresses_of = {"www.example.com": STANDBY_ADDRESS}
    rows(fake)
    return sorted({operation for _, _, operation in fake.calls if operation != "ListStackResources"})


@pytest.mark.parametrize("operation", operations())
def test_what_may_not_be_read_is_a_row_with_the_action(operation: str) -> None:
    fake = FakeSite()
    fake.addresses_of = {"www.example.com": STANDBY_ADDRESS}
    fake.refused[operation] = "AccessDenied"
    unread = [row for row in rows(fake).values() if row.state is State.UNREAD]
    assert unread
    for row in unread:
        assert row.found.removeprefix("you may not ") in ACTIONS.values()


def test_policy_has_what_is_asked_and_no_more() -> None:
    fake = FakeSite()
    fake.addresses_of = {"www.example.com": STANDBY_ADDRESS}
    fake.stack_status = "UPDATE_ROLLBACK_COMPLETE"
    fake.answers["GetMetricData"] = lambda MetricDataQueries, **_: {  # noqa: N803
        "MetricDataResults": [{"Id": each["Id"], "Timestamps": [NOW], "Values": [0.0]} for each in MetricDataQueries]
    }
    rows(fake)
    names = {entry.replace("_", "") for _, entry in ACTIONS}
    assert {operation.lower() for _, _, operation in fake.calls} == names - {"describecacheclusters"}
    assert all(entry.startswith(("describe_", "get_", "list_")) for _, entry in ACTIONS)
    assert policy()["Statement"][0]["Action"] == sorted(ACTIONS.values())
    assert documented("status") == {*ACTIONS.values()}


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSite]:
    """Return a site that the command asks."""
    fake = FakeSite(now=datetime.now(UTC))
    monkeypatch.setattr(command, "clients", lambda _: real_client)
    monkeypatch.setattr(command, "Internet", lambda: fake)
    with in_place(fake):
        yield fake


def invoke(*arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, ["status", *arguments, "--region", EDGE])


def test_command_exits_with_1_if_something_is_down(deployed: FakeSite) -> None:
    well = invoke("my-site", "--json")
    assert well.exit_code == 0
    shown = json.loads(well.stdout)
    assert shown["site"] == "Site"
    assert {row["state"] for row in shown["rows"]} & {"ok", "note"}
    deployed.page_status = 503
    shown_down = invoke("my-site")
    assert shown_down.exit_code == 1
    assert "1 down" in shown_down.stdout


def test_command_names_what_is_wrong_with_its_arguments(deployed: FakeSite) -> None:
    assert "STACK: us-east-1 has no stack other" in invoke("other").stderr
    wrong = invoke("my-site", "--site", "Sit")
    assert wrong.exit_code == 1
    assert "did you mean Site?" in wrong.stderr
    deployed.refused["ListStackResources"] = "AccessDenied"
    assert "AWS refused ListStackResources" in invoke("my-site").stderr
