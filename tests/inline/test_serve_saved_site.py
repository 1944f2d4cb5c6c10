"""The function that serves saved pages, as a real process against an S3 that fails on request."""

import pytest

from resilient_website.inline.page_server import CODES, Code
from tests.custom_resources.fake_s3 import FakeS3
from tests.inline.page_server_process import ENVIRONMENT, ask, run

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# What CloudFront's managed policy SecurityHeadersPolicy says. Source: "Use managed response headers policies".
SECURITY = {
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


@pytest.fixture
def objects() -> dict[str, bytes]:
    return {
        "bucket/_fallback/index.html": b"friendly",
        "bucket/_saved/current.json": b'{"version": "v2", "previous": "v1"}',
        "bucket/_saved/v1/site/old/index.html": b"old",
        "bucket/_saved/v2/manifest.json": b"internal",
        "bucket/_saved/v2/site/index.html": b"start",
        "bucket/_saved/v2/site/shop/index.html": b"shop",
        "bucket/_saved/v2/site/site.webmanifest": b"app",
        "bucket/_saved/v2/site/app.css": b"css",
    }


def test_current_version_answers_at_its_own_paths(objects: dict[str, bytes]) -> None:
    paths = ["/", "/shop", "/shop/", "/app.css", "/old", "/_saved/v1/old", "/../_fallback/index.html", "//"]
    with FakeS3() as s3:
        s3.objects = objects
        answers = ask(s3, *(("GET", path) for path in paths))
    found = [(answer["statusCode"], answer["body"]) for answer in answers]
    assert found[:4] == [(200, "start"), (200, "shop"), (200, "shop"), (200, "css")]
    assert found[4:7] == [(503, "friendly")] * 3
    assert all(answer["headers"]["Cache-Control"] == "no-store" for answer in answers)


def test_the_internal_manifest_is_not_served_and_the_sites_own_is(objects: dict[str, bytes]) -> None:
    paths = ["/manifest.json", "/../manifest.json", "/%2e%2e/manifest.json", "/site.webmanifest"]
    with FakeS3() as s3:
        s3.objects = objects
        before = ask(s3, *(("GET", path) for path in paths))
        s3.objects = {**objects, "bucket/_saved/v2/site/manifest.json": b"the site's"}
        (after,) = ask(s3, ("GET", "/manifest.json"))
    assert [answer["body"] for answer in before] == ["friendly"] * 3 + ["app"]
    assert (after["statusCode"], after["body"]) == (200, "the site's")


def test_every_answer_lets_no_script_run(objects: dict[str, bytes]) -> None:
    with FakeS3() as s3:
        s3.objects = objects
        answers = ask(s3, ("GET", "/"), ("GET", "/nothing"), ("POST", "/"))
    assert [answer["statusCode"] for answer in answers] == [200, 503, 503]
    for headers in (answer["headers"] for answer in answers):
        policy = dict(one.strip().partition(" ")[::2] for one in headers["Content-Security-Policy"].split(";"))
        for directive in ("default-src", "script-src", "object-src", "base-uri", "form-action"):
            assert policy[directive] == "'none'"
        assert {name: headers[name] for name in SECURITY} == SECURITY


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_get_the_friendly_page(objects: dict[str, bytes], method: str) -> None:
    with FakeS3() as s3:
        s3.objects = objects
        (answer,) = ask(s3, (method, "/shop"))
    assert (answer["statusCode"], answer["body"]) == (503, "friendly")
    assert answer["headers"]["Retry-After"] == "120"
    assert answer["headers"]["X-Robots-Tag"] == "noindex"


def test_before_the_first_version_there_is_the_friendly_page(objects: dict[str, bytes]) -> None:
    with FakeS3() as s3:
        s3.objects = {"bucket/_fallback/index.html": objects["bucket/_fallback/index.html"]}
        (answer,) = ask(s3, ("GET", "/"))
    assert (answer["statusCode"], answer["body"]) == (503, "friendly")


@pytest.mark.parametrize("code", CODES)
def test_code_does_what_is_said_of_it(code: Code, objects: dict[str, bytes]) -> None:
    said = code.serving
    with FakeS3() as s3:
        s3.objects = objects
        saved = ask(s3, *((method, "/shop") for method in METHODS), code=code)
        absent = ask(s3, *((method, "/nothing") for method in METHODS), code=code)
    with FakeS3(always="SlowDown") as s3:
        bare = ask(s3, *((method, "/shop") for method in METHODS), code=code)
    pages = {(said.saved_status, "shop"): said.methods}
    assert [(answer["statusCode"], answer["body"]) for answer in saved] == [
        next((page for page, methods in pages.items() if method in methods), (said.friendly_status, "friendly"))
        for method in METHODS
    ]
    assert {(answer["statusCode"], answer["body"]) for answer in absent} == {(said.friendly_status, "friendly")}
    assert {(answer["statusCode"], answer["body"]) for answer in bare} == {(said.friendly_status, ENVIRONMENT["BARE"])}


@pytest.mark.parametrize("name", ENVIRONMENT)
@pytest.mark.parametrize("code", CODES)
def test_code_needs_the_variables_that_it_says(code: Code, name: str, objects: dict[str, bytes]) -> None:
    """The names are those of the template, so that one that is not needed would show too."""
    without = {other: value for other, value in ENVIRONMENT.items() if other != name}
    with FakeS3() as s3:
        s3.objects = objects
        done = run(s3, code, without, ("GET", "/nothing"))
    assert (done.returncode != 0) == (name in code.serving.needs)


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "SlowDown", "InternalError"])
def test_bare_page_if_s3_fails(code: str) -> None:
    with FakeS3(always=code) as s3:
        (answer,) = ask(s3, ("GET", "/"))
    assert answer["statusCode"] == 503
    assert "We will be right back" in answer["body"]
