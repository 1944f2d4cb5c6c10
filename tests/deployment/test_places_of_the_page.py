"""The friendly page in the primary Region, while a second one comes with a copy of the site, and goes with it."""

from collections.abc import Iterator
from typing import Any

import pytest

from resilient_website.tiers.fallback import PAGE_KEY
from resilient_website.tiers.fallback.spec import TITLE
from tests.deployment.two_regions import TwoRegions
from tests.sites import Installation
from tools.emulator.visitor import visit

STACK = "places-of-the-page"


@pytest.fixture
def two(installation: Installation, ireland: Installation) -> Iterator[TwoRegions]:
    halves = TwoRegions(installation, ireland, STACK)
    yield halves
    halves.clear()


def page(bucket: str, half: Installation) -> bool:
    """Return whether a bucket of the fallback site has its page."""
    body: bytes = half.client("s3").get_object(Bucket=bucket, Key=PAGE_KEY)["Body"].read()
    return TITLE in body.decode()


def friendly(two: TwoRegions) -> bool:
    """Return whether visitors get the friendly page: no server runs here."""
    found = visit(two.emulator, "www.two.example", "/form", "POST", body="a=1")
    return found.status == 503 and TITLE in found.body


def test_page_stays_where_it_is_while_another_one_comes_and_goes(two: TwoRegions) -> None:
    site: dict[str, Any] = {"Database": False, "FrontDoor": "CloudFront"}
    plain = two.template(**site)
    del plain["Resources"]["Site"]["Properties"]["Secondary"]

    two.a.deploy(STACK, plain)
    first = two.a.resources(STACK)
    assert friendly(two)

    both = two.deploy(two.a, **site)
    assert both["SiteFallbackBucket"] == first["SiteFallbackBucket"]
    assert both["SiteFallbackSiteInPrimary"] == first["SiteFallbackSite"] != both["SiteFallbackSite"]
    assert page(both["SiteFallbackBucket"], two.a)
    assert page(two.reported()["FallbackBucket"], two.b)
    assert friendly(two)

    two.a.deploy(STACK, plain)
    after = two.a.resources(STACK)
    assert after["SiteFallbackSite"] == first["SiteFallbackSite"]
    assert page(after["SiteFallbackBucket"], two.a)
    assert friendly(two)
    assert "SiteFallbackSiteInPrimary" not in after
