"""Runs a CloudFront function in Node.js, with events as CloudFront sends them."""

import json
import subprocess
from typing import Any

# CloudFront's module is not Node's: a stand-in notes what it is asked for.
RUN = """
const asked = [];
const cf = { createRequestOriginGroup: (group) => asked.push(group) };
%s
const result = handler(JSON.parse(process.argv[1]));
console.log(JSON.stringify({ result, asked }));
"""


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
