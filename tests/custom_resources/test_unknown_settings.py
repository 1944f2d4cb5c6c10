"""A rotation changes no distribution that it can't read as a whole: settings newer than the SDK are not removed."""

import copy
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.serialize import create_serializer
from hypothesis import given
from hypothesis import strategies as st

from origin_secret.distributions import send
from origin_secret.unknown_settings import OPERATION, reject_unknown_settings, unknown
from shared.secret_rotation.steps import RotationError
from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler

MODEL: Any = boto3.client("cloudfront", region_name="us-east-1").meta.service_model
CONFIG = MODEL.operation_model(OPERATION).output_shape.members["DistributionConfig"]
HEADER = "X-Origin-Verify"
SITE: dict[str, Any] = {
    "CallerReference": "site",
    "Comment": "site",
    "Enabled": True,
    "Aliases": {"Quantity": 1, "Items": ["www.example.com"]},
    "DefaultCacheBehavior": {
        "TargetOriginId": "web",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
    },
    "Origins": {
        "Quantity": 1,
        "Items": [
            {
                "Id": "web",
                "DomainName": "origin.example.com",
                "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": HEADER, "HeaderValue": "old"}]},
            }
        ],
    },
}


def answer(config: dict[str, Any]) -> bytes:
    """Return a configuration as CloudFront sends it: what the SDK itself would send for it."""
    serializer = create_serializer("rest-xml", include_validation=False)
    request = serializer.serialize_to_request(
        {"Id": "E1", "IfMatch": "1", "DistributionConfig": config}, MODEL.operation_model("UpdateDistribution")
    )
    body: bytes = request["body"]
    return body


def ends(text: str) -> list[int]:
    """Return where elements of structures end: a new element may come before each of these."""
    names = ("</DistributionConfig>", "</Origin>", "</DefaultCacheBehavior>", "</OriginCustomHeader>", "</Origins>")
    return [text.index(name) for name in names]


def test_a_configuration_that_the_sdk_knows_is_read_as_a_whole() -> None:
    assert unknown(answer(SITE), CONFIG) == []


@given(st.integers(0, 4), st.from_regex(r"\A[A-Z][A-Za-z]{3,12}Config\Z"), st.sampled_from(["1", "<Inner>1</Inner>"]))
def test_a_setting_that_the_sdk_does_not_know_is_found_wherever_it_is(place: int, name: str, value: str) -> None:
    text = answer(SITE).decode()
    end = ends(text)[place]
    found = unknown(f"{text[:end]}<New{name}>{value}</New{name}>{text[end:]}".encode(), CONFIG)
    assert [path.rpartition(".")[2] for path in found] == [f"New{name}"]


class Distribution(QuietHandler):
    """CloudFront with one distribution; what it is sent is written down."""

    body = b""
    sent: list[bytes]

    def do_GET(self) -> None:  # noqa: N802 (the base class calls it so)
        self._answer(self.body)

    def do_PUT(self) -> None:  # noqa: N802
        self.sent.append(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(b"<Distribution/>")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("ETag", "1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def distribution() -> Iterator[tuple[type[Distribution], Any]]:
    """Return the distribution, and a client that refuses what it does not know."""
    handler = type("OneDistribution", (Distribution,), {"sent": []})
    with LoopbackServer(handler) as server:
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
        client = session.client("cloudfront", endpoint_url=server.url)
        reject_unknown_settings(client)
        yield handler, client


def test_the_header_is_changed_where_everything_is_known(distribution: tuple[type[Distribution], Any]) -> None:
    handler, client = distribution
    handler.body = answer(copy.deepcopy(SITE))
    send(client, "E1", HEADER, "new")
    (sent,) = handler.sent
    assert b"<HeaderValue>new</HeaderValue>" in sent


def test_nothing_is_sent_where_a_setting_would_be_lost(distribution: tuple[type[Distribution], Any]) -> None:
    handler, client = distribution
    handler.body = answer(SITE).replace(b"</Origin>", b"<OriginMood>good</OriginMood></Origin>")
    with pytest.raises(RotationError, match=r"Origins\.Items\.OriginMood"):
        send(client, "E1", HEADER, "new")
    assert handler.sent == []
