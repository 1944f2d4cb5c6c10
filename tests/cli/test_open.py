"""The command `open`: the addresses of a site's pages."""

import webbrowser
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

import cli.open
from cli.main import main
from tests.cli.aws_in_memory import in_place, real_client
from tests.cli.documented_policies import documented, needed
from tests.cli.fake_site import REGION, FakeSite


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return the addresses that a browser opens."""
    seen: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: not seen.append(address))  # type: ignore[func-returns-value]
    monkeypatch.setattr(cli.open, "clients", lambda _: real_client)
    yield seen


def invoke(fake: FakeSite, *arguments: str) -> Result:
    with in_place(fake):
        return CliRunner(mix_stderr=False).invoke(main, ["open", "my-site", "--region", REGION, *arguments])


@pytest.mark.parametrize(
    ("what", "address"),
    [
        ((), "https://www.example.com"),
        (("dashboard",), "cloudwatch/home?region=us-east-1#dashboards/dashboard/my-site-SiteDashboard"),
        (("stack",), "#/stacks/events?stackId=arn%3Aaws%3Acloudformation%3Aus-east-1%3A111111111111%3Astack%2Fmy-site"),
        (("database",), "rds/home?region=us-east-1#database:id=my-site-SiteDatabase;is-cluster=false"),
        (("group",), "#AutoScalingGroupDetails:id=my-site-SiteAutoScalingGroup;view=details"),
    ],
)
def test_each_page_is_printed_and_opened(opened: list[str], what: tuple[str, ...], address: str) -> None:
    shown = invoke(FakeSite(), *what)
    assert shown.exit_code == 0, shown.stderr
    assert address in shown.stdout
    assert opened == [shown.stdout.strip()]


def test_print_opens_nothing(opened: list[str]) -> None:
    assert invoke(FakeSite(), "--print").stdout == "https://www.example.com\n"
    assert opened == []


def test_site_without_a_domain_name_has_its_distribution_s(opened: list[str]) -> None:
    fake = FakeSite("minimal")
    assert invoke(fake, "page").stdout == "https://d1.cloudfront.net\n"
    invoke(fake, "stack")
    assert needed(fake.calls) == documented("open")
    assert opened


def test_load_balancer_as_front_door(opened: list[str]) -> None:
    assert invoke(FakeSite("load-balancer"), "page").stdout == "https://app.example.com\n"
    assert opened


def test_page_that_the_site_does_not_have(opened: list[str]) -> None:
    fake = FakeSite("minimal")
    del fake.processed["Resources"]["SiteDashboard"]
    refused = invoke(fake, "dashboard")
    assert refused.exit_code == 1
    assert "leave out Monitoring.Dashboard: false" in refused.stderr
    del fake.processed["Resources"]["SiteDistribution"]
    assert "this half of a site has no front door" in invoke(fake).stderr
    assert opened == []


def test_machine_without_a_browser(opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    shown = invoke(FakeSite())
    assert shown.exit_code == 0
    assert "open the address yourself" in shown.stderr
    assert opened == []
