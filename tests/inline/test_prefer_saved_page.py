"""The CloudFront Function that asks for saved pages, run by Node against the event that AWS documents."""

import json
import subprocess
from typing import Any

import pytest

from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.tiers.saved_site.preference import MAX_BYTES
from tools.emulator.endpoint import ROOT

# CloudFront's module is not Node's: a stand-in notes what it is asked for.
RUN = """
const asked = [];
const cf = { createRequestOriginGroup: (group) => asked.push(group) };
%s
const result = handler(JSON.parse(process.argv[1]));
console.log(JSON.stringify({ result, asked }));
"""


@pytest.fixture(scope="module")
def code() -> str:
    template = read_template(ROOT / "examples" / "saved-copy.yaml")
    values = {"HostedZoneId": "Z0123456789ABCDEFGHIJ", "Pages": "300"}
    resources = expand_template(template, values, "us-east-1")["Resources"]
    text: str = resources["SitePreferSavedPage"]["Properties"]["FunctionCode"]
    return text


def event(method: str, host: str | None, uri: str = "/about") -> dict[str, Any]:
    """Return an event as in "Event structure" of the Amazon CloudFront guide."""
    headers = {"user-agent": {"value": "Mozilla/5.0"}, **({"host": {"value": host}} if host else {})}
    return {
        "version": "1.0",
        "context": {
            "distributionDomainName": "d111111abcdef8.cloudfront.net",
            "distributionId": "EDFDVBD6EXAMPLE",
            "eventType": "viewer-request",
            "requestId": "EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu3EqEXAMPLE==",
        },
        "viewer": {"ip": "198.51.100.11"},
        "request": {
            "method": method,
            "uri": uri,
            "querystring": {"ID": {"value": "42"}},
            "headers": headers,
            "cookies": {"id": {"value": "CookeIdValue"}},
        },
    }


def run(code: str, sent: dict[str, Any]) -> dict[str, Any]:
    script = RUN % code.replace("import cf from 'cloudfront';", "")
    done = subprocess.run(["node", "-e", script, json.dumps(sent)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


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
