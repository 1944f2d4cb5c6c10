"""The CloudFront Function that picks the active half's origin, run by Node against the event that AWS documents."""

import json
import subprocess
from typing import Any

import pytest

from resilient_website.inline import select_origin
from tests.inline.edge_function import event

CODE = select_origin.CODES[0].text({"us-west-2": "web-secondary"})

# CloudFront's module is not Node's: a stand-in has a value in the store (null: none), or no store at all (false).
RUN = """
const asked = [];
const [sent, value] = JSON.parse(process.argv[1]);
const store = { get: async (key) => {
  if (key !== "active" || value === null) throw new Error("KeyNotFound");
  return value;
} };
const cf = {
  kvs: () => { if (value === false) throw new Error("no store"); return store; },
  selectRequestOriginById: (id) => { if (id === "broken") throw new Error("no such origin"); asked.push(id); },
};
%s
handler(sent).then((result) => console.log(JSON.stringify({ result, asked })));
"""


def run(sent: dict[str, Any], value: str | bool | None, code: str = CODE) -> dict[str, Any]:
    script = RUN % code.replace("import cf from 'cloudfront';", "")
    done = subprocess.run(
        ["node", "-e", script, json.dumps([sent, value])], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
def test_every_method_goes_to_the_active_half(method: str) -> None:
    sent = event(method, "www.example.com")
    assert run(sent, "us-west-2") == {"result": sent["request"], "asked": ["web-secondary"]}


@pytest.mark.parametrize("value", [None, False, "us-east-1", ""])
def test_without_a_known_value_the_request_goes_on_unchanged(value: str | bool | None) -> None:
    sent = event("POST", "www.example.com")
    assert run(sent, value) == {"result": sent["request"], "asked": []}


def test_origin_that_cloudfront_refuses_leaves_the_request_as_it_is() -> None:
    sent = event("GET", "www.example.com")
    code = select_origin.CODES[0].text({"us-west-2": "broken"})
    assert run(sent, "us-west-2", code) == {"result": sent["request"], "asked": []}


@pytest.mark.parametrize("code", select_origin.CODES)
def test_meaning_is_what_was_filled_in(code: select_origin.Code) -> None:
    origins = {"us-west-2": "web-secondary", "eu-west-1": 'a"b'}
    assert select_origin.meaning(code.text(origins)) == select_origin.SelectedOrigins(origins, "active")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cf.kvs()", "cf.kvs('other')"),
        ('"web-secondary"', "1"),
        ("if (ORIGINS[active])", "if (true)"),
        ('"active"', "active"),
    ],
)
def test_other_code_has_no_meaning_here(old: str, new: str) -> None:
    assert old in CODE
    assert select_origin.meaning(CODE.replace(old, new)) is None
