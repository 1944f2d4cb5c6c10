"""The CloudFront Function that asks for saved pages, run by Node against the event that AWS documents."""

import pytest

from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.tiers.saved_site.preference import MAX_BYTES
from tests.inline.edge_function import event, run
from tools.repository import ROOT


@pytest.fixture(scope="module")
def code() -> str:
    template = read_template(ROOT / "examples" / "saved-copy.yaml")
    values = {"HostedZoneId": "Z0123456789ABCDEFGHIJ", "Pages": "300"}
    resources = expand_template(template, values, "us-east-1")["Resources"]
    text: str = resources["SitePreferSavedPage"]["Properties"]["FunctionCode"]
    return text


@pytest.mark.parametrize(("host", "saved"), [("www.example.com", "saved-0"), ("example.com", "saved-1")])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_requests_have_the_saved_page_behind_the_servers(code: str, method: str, host: str, saved: str) -> None:
    sent = event(method, host)
    answer = run(code, sent)
    assert answer["result"] == sent["request"]
    assert answer["asked"] == [
        {
            "originIds": [{"originId": "web"}, {"originId": saved}],
            "failoverCriteria": {"statusCodes": [502, 503, 504]},
        }
    ]


@pytest.mark.parametrize(
    ("method", "host"),
    [
        *((method, "www.example.com") for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")),
        ("GET", "d111111abcdef8.cloudfront.net"),
        ("GET", None),
    ],
)
def test_all_others_go_to_the_servers_alone(code: str, method: str, host: str | None) -> None:
    sent = event(method, host)
    answer = run(code, sent)
    assert (answer["result"], answer["asked"]) == (sent["request"], [])


def test_function_fits(code: str) -> None:
    assert len(code.encode()) < MAX_BYTES
    assert "@@" not in code
