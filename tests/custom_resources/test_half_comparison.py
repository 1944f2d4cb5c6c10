"""What compares the halves of a site: what it logs of equal, different and missing halves, and when it fails."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from half_comparison import handler
from half_comparison.declared import differences
from shared.cfn_response.properties import InvalidPropertiesError

PRIMARY, COPY = "us-east-1", "us-west-2"
PARAMETER = "/resilient-website/my-site/Shop/Half/Declared"
EVENT = {"Parameter": PARAMETER, "PrimaryRegion": PRIMARY}

DECLARED = "Version=1\nProperties.Database=0123abcd\nResources.WebLaunchTemplate.InstanceType=t4g.small"


class Regions:
    """Parameter Store in both Regions: what each answers to the function's one request there."""

    def __init__(self, stack: ExitStack) -> None:
        self.stubs: dict[str, Stubber] = {}
        self.clients: dict[str, Any] = {}
        for region in (PRIMARY, COPY):
            client: Any = boto3.client("ssm", region_name=region, aws_access_key_id="a", aws_secret_access_key="b")
            self.clients[region] = client
            self.stubs[region] = stack.enter_context(Stubber(client))

    def client(self, _service: str, region_name: str = COPY, **_: Any) -> Any:
        return self.clients[region_name]

    def have(self, primary: str | None, copy: str | None) -> None:
        for region, value in ((PRIMARY, primary), (COPY, copy)):
            answer: dict[str, Any] = (
                {"Parameters": [], "InvalidParameters": [PARAMETER]}
                if value is None
                else {"Parameters": [{"Name": PARAMETER, "Value": value}]}
            )
            self.stubs[region].add_response("get_parameters", answer, {"Names": [PARAMETER]})

    def refuse(self, region: str, code: str) -> None:
        self.stubs[region].add_client_error("get_parameters", code)


@pytest.fixture
def regions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Regions]:
    with ExitStack() as stack:
        made = Regions(stack)
        monkeypatch.setattr(boto3, "client", made.client)
        yield made


def logged(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, int]]:
    """Return the level, the site and the number of differing values of each line that has them."""
    lines = [record.__dict__ for record in caplog.records if hasattr(record, "differing")]
    return [(line["levelname"], line["site"], line["differing"]) for line in lines]


@pytest.fixture(autouse=True)
def _lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="half_comparison.handler")


def test_equal_halves_differ_in_nothing(regions: Regions, caplog: pytest.LogCaptureFixture) -> None:
    regions.have(DECLARED, DECLARED)
    assert handler.handler(EVENT, None) == {"Differing": []}
    assert logged(caplog) == [("INFO", "Shop", 0)]


def test_each_differing_key_is_named_with_both_values(regions: Regions, caplog: pytest.LogCaptureFixture) -> None:
    regions.have(DECLARED, DECLARED.replace("Version=1", "Version=2").replace("t4g.small", "t4g.large"))
    expected = [
        "Resources.WebLaunchTemplate.InstanceType: t4g.small in us-east-1, t4g.large in us-west-2",
        "Version: 1 in us-east-1, 2 in us-west-2",
    ]
    assert handler.handler(EVENT, None) == {"Differing": expected}
    assert logged(caplog) == [("ERROR", "Shop", 2)]
    assert "; ".join(expected) in caplog.text


@pytest.mark.parametrize(
    ("primary", "copy", "missing"),
    [(None, DECLARED, [PRIMARY]), (DECLARED, None, [COPY]), (None, None, [PRIMARY, COPY])],
)
def test_half_that_publishes_nothing_is_named(
    primary: str | None, copy: str | None, missing: list[str], regions: Regions, caplog: pytest.LogCaptureFixture
) -> None:
    regions.have(primary, copy)
    said = [f"the half in {region} has not published {PARAMETER}" for region in missing]
    assert handler.handler(EVENT, None) == {"Differing": said}
    assert logged(caplog) == [("ERROR", "Shop", len(missing))]


@pytest.mark.parametrize("region", [PRIMARY, COPY])
@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_region_that_refuses_gives_no_data_and_no_answer(
    code: str, region: str, regions: Regions, caplog: pytest.LogCaptureFixture
) -> None:
    if region == COPY:
        regions.stubs[PRIMARY].add_response("get_parameters", {"Parameters": []})
    regions.refuse(region, code)
    with pytest.raises(ClientError, match=code):
        handler.handler(EVENT, None)
    assert logged(caplog) == []


def test_resource_that_one_half_lacks_is_no_difference_but_any_other_key_is() -> None:
    with_cache = f"{DECLARED}\nResources.Cache.CacheNodeType=cache.t4g.small"
    assert differences(with_cache, DECLARED) == ()
    assert differences(DECLARED, with_cache) == ()
    (found,) = differences(f"{DECLARED}\nProperties.Cache=ffff", DECLARED)
    assert found.text(PRIMARY, COPY) == "Properties.Cache: ffff in us-east-1, nothing in us-west-2"


def test_each_region_has_its_own_registry_but_the_image_is_the_same() -> None:
    image = "Application.Image=123456789012.dkr.ecr.{}.amazonaws.com/shop:{}"
    assert differences(image.format(PRIMARY, "1"), image.format(COPY, "1")) == ()
    assert [each.key for each in differences(image.format(PRIMARY, "1"), image.format(COPY, "2"))] == [
        "Application.Image"
    ]


def test_value_can_contain_an_equals_sign() -> None:
    assert differences("Application.Key=a=1", "Application.Key=a=1") == ()
    assert [each.primary for each in differences("Application.Key=a=1", "Application.Key=a=2")] == ["a=1"]


def test_long_value_is_shortened() -> None:
    (found,) = differences(f"Application.Key={'a' * 1024}", "Application.Key=b")
    assert len(found.text(PRIMARY, COPY)) < 200


@pytest.mark.parametrize(
    ("event", "reported"),
    [
        ({**EVENT, "Parameter": "/elsewhere/my-site/Shop/Half/Declared"}, "Parameter"),
        ({**EVENT, "Parameter": "/resilient-website/my-site/Shop/DatabaseArn"}, "Parameter"),
        ({**EVENT, "PrimaryRegion": "nowhere"}, "PrimaryRegion"),
        ({"Parameter": PARAMETER}, "PrimaryRegion"),
        ({**EVENT, "More": 1}, "More"),
    ],
)
def test_wrong_events_are_refused(event: dict[str, Any], reported: str) -> None:
    with pytest.raises(InvalidPropertiesError, match=reported):
        handler.handler(event, None)
