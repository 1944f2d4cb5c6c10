"""Both halves of a site with internal load balancers: CloudFront gets the copy's VPC origin, and follows a switch.

One site is deployed once, and asked in all its states in turn.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.deployed.site import SiteName
from cli.deployed.tools import Tools
from cli.switch.half import Half, find_half
from cli.switch.origin_store import missing
from cli.switch.pointing import Pointing
from tests.deployment.two_regions import TwoRegions
from tests.sites import Installation, StackError

Json = dict[str, Any]

FRIENDLY = ["503", "503"]
INTERNAL: Json = {
    "Network": {"WebSubnets": "Private", "NatGateways": "None"},
    "LoadBalancer": {"Scheme": "internal"},
    "Database": False,
}


class Inside(TwoRegions):
    """The halves, of which no load balancer has a public address."""

    def template(self, **properties: Any) -> Json:
        """Return the file of both halves."""
        return super().template(**INTERNAL, **properties)

    def half(self, of: Installation) -> Half:
        """Return a half as `switch` finds it."""
        return find_half(self.tools().client, SiteName(self.name), of.region)

    def point_to(self, region: str, through: Installation) -> None:
        """Turn visitors to a half as `switch` does, through the APIs of one half."""
        Pointing(self.tools(), self.half(through)).point_to(region)

    def pointed(self) -> list[str]:
        """Return the Regions that visitors get by what each half says."""
        return [Pointing(self.tools(), self.half(each)).region() for each in (self.a, self.b)]

    def tools(self) -> Tools:
        def client(service: str, region: str) -> Any:
            return self.emulator.client(service, self.a.account, region)

        return Tools(client, lambda: datetime.now(UTC), lambda _: None, print, None)  # type: ignore[arg-type]

    def answers(self) -> list[str]:
        """Return what each method gets: who answered, or a status."""
        found = [self.ask(method) for method in ("GET", "POST")]
        return [answer.body if answer.status == 200 else str(answer.status) for answer in found]


@pytest.fixture
def two(installation: Installation, ireland: Installation) -> Iterator[Inside]:
    halves = Inside(installation, ireland, "inside")
    yield halves
    if halves.a.exists(halves.name):
        # A VPC origin that a distribution uses can't be deleted.
        halves.deploy(halves.a)
    halves.clear()


def by(half: Installation) -> list[str]:
    return [f"{half.region} {method}" for method in ("GET", "POST")]


def test_cloudfront_follows_the_switch_with_every_method(two: Inside, tmp_path: Path) -> None:
    connected = {"VpcOrigin": True}
    two.deploy(two.a)
    with pytest.raises(StackError, match=f"The half of Site in {two.b.region} has not published CopyVpcOriginId"):
        two.deploy(two.a, Secondary=connected)
    two.deploy(two.b)
    assert missing(two.half(two.b))
    assert two.pointed() == [two.a.region, two.a.region]
    with pytest.raises(StackError, match="has not published SwitchStoreArn"):
        two.deploy(two.b, Secondary=connected)
    for half in (two.a, two.b):
        two.deploy(half, Secondary=connected)
    with two.served(tmp_path):
        assert two.answers() == by(two.a)
        with two.dead(two.a):
            assert two.answers() == FRIENDLY
            two.point_to(two.b.region, through=two.b)
            assert two.answers() == by(two.b)
        # The Region is back, and its stack is updated: nothing turns by itself.
        assert two.answers() == by(two.b)
        two.deploy(two.a, Secondary={**connected, "ActiveRegion": two.b.region})
        assert (two.answers(), two.pointed()) == (by(two.b), [two.b.region, two.b.region])
        two.point_to(two.a.region, through=two.a)
        assert (two.answers(), two.pointed()) == (by(two.a), [two.a.region, two.a.region])
