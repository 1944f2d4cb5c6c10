"""The CloudFront Function that tells browsers to keep assets, run by Node against the event that AWS documents."""

import json
import subprocess
from typing import Any

from tests.expansion.one_site import expand

ANSWER: dict[str, Any] = {
    "statusCode": 200,
    "statusDescription": "OK",
    "headers": {"content-type": {"value": "text/css"}, "cache-control": {"value": "max-age=60"}},
    "cookies": {},
}


def test_an_asset_is_kept_for_a_year_and_is_otherwise_what_it_was() -> None:
    function = expand({"Assets": {"Immutable": True}})["Resources"]["SiteKeepAssets"]["Properties"]
    event = {"version": "1.0", "context": {"eventType": "viewer-response"}, "request": {}, "response": ANSWER}
    script = function["FunctionCode"] + "\nconsole.log(JSON.stringify(handler(JSON.parse(process.argv[1]))));"
    done = subprocess.run(["node", "-e", script, json.dumps(event)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kept = {"value": "public, max-age=31536000, immutable"}
    assert json.loads(done.stdout) == {**ANSWER, "headers": {**ANSWER["headers"], "cache-control": kept}}
