"""Requests on their way through the emulator: names, CloudFront, load balancers, instances, and what fails over."""

import sys
from collections.abc import Iterator
from http.client import IncompleteRead
from pathlib import Path
from typing import Any

import pytest

from cli.template_file import read_template
from tests.emulated_stacks import made
from tools.emulator.endpoint import Emulator
from tools.emulator.instances import Instance, deregister, register
from tools.emulator.stacks import Stacks
from tools.emulator.visitor import Response, visit

ACCOUNT = "200000000020"
SITE = "www.emulated.example"
ORIGIN = f"origin.{SITE}"
HEADER = "X-Origin-Verify"
TEMPLATE = Path(__file__).with_suffix(".yaml")

# A web server that says who it is, and what it was asked.
SERVER = """
import os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        name = os.environ["SERVER_NAME"]
        host, proto = self.headers["Host"], self.headers["X-Forwarded-Proto"]
        text = f"{name} {self.command} {self.path} {host} {proto} {body}".encode()
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text[:4] if self.path == "/broken" else text)
    do_POST = do_GET

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def site(emulator: Emulator) -> dict[str, str]:
    stacks = Stacks(emulator, ACCOUNT)
    stack = made(stacks, "site", read_template(TEMPLATE))
    values: dict[str, str] = stack["Values"]
    stacks.session.client("s3").put_object(
        Bucket=values["Bucket"], Key="_fallback/index.html", Body=b"friendly", ContentType="text/html"
    )
    return values


@pytest.fixture
def elbv2(emulator: Emulator) -> Any:
    return emulator.client("elbv2", ACCOUNT)


@pytest.fixture
def instances(site: dict[str, str], elbv2: Any, tmp_path: Path) -> Iterator[list[Instance]]:
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    command = [sys.executable, str(script), "{port}"]
    with Instance("one", command=command) as one, Instance("two", command=command) as two:
        register(elbv2, site["Targets"], [one, two])
        yield [one, two]
    register(elbv2, site["Targets"], [])


def words(response: Response) -> list[str]:
    assert response.status == 200, response
    return response.body.split()


@pytest.mark.usefixtures("instances")
def test_through_cloudfront_to_an_origin_that_is_a_name_in_route_53(emulator: Emulator, site: dict[str, str]) -> None:
    for host in (SITE, site["Distribution"]):
        name, *asked = words(visit(emulator, host, "/a/b?c=d"))
        assert name in ("one", "two")
        assert asked == ["GET", "/a/b?c=d", ORIGIN, "https"]
    assert words(visit(emulator, SITE, "/form", "POST", body="x=1"))[1:] == ["POST", "/form", ORIGIN, "https", "x=1"]
    assert visit(emulator, SITE, "/none").status == 404


@pytest.mark.usefixtures("instances")
def test_paths_that_the_emulator_has_for_itself_are_the_sites(emulator: Emulator) -> None:
    for path in ("/health", "/_ministack/health", "/latest/meta-data/", "/_localstack/health"):
        assert words(visit(emulator, SITE, path))[2] == path


@pytest.mark.usefixtures("instances")
def test_straight_to_the_load_balancer(emulator: Emulator, site: dict[str, str]) -> None:
    refused = visit(emulator, site["Balancer"])
    assert (refused.status, refused.body) == (403, "denied")
    assert visit(emulator, site["Balancer"], headers={HEADER: "guess"}).status == 403
    assert words(visit(emulator, f"direct.{SITE}", "/x"))[1:] == ["GET", "/x", f"direct.{SITE}", "https"]
    plain = visit(emulator, f"direct.{SITE}:80", "/x?y=z")
    assert (plain.status, plain.headers["location"]) == (301, f"https://direct.{SITE}:443/x?y=z")


@pytest.mark.usefixtures("instances")
def test_answer_that_breaks_off_breaks_off_for_the_visitor_and_is_none_for_cloudfront(emulator: Emulator) -> None:
    with pytest.raises(IncompleteRead) as broken:
        visit(emulator, f"direct.{SITE}", "/broken")
    assert broken.value.partial in (b"one ", b"two ")
    page = visit(emulator, SITE, "/broken")
    assert (page.status, page.body) == (503, "friendly")


@pytest.mark.usefixtures("instances")
def test_plain_http_is_redirected_by_cloudfront(emulator: Emulator) -> None:
    plain = visit(emulator, f"{SITE}:80", "/x")
    assert (plain.status, plain.headers["location"]) == (301, f"https://{SITE}/x")


@pytest.mark.usefixtures("instances")
def test_certificate_of_the_origin_has_to_fit(emulator: Emulator) -> None:
    assert visit(emulator, SITE, "/uncovered/x").status == 503


def test_load_balancer_passes_over_the_dead(
    emulator: Emulator, site: dict[str, str], elbv2: Any, instances: list[Instance]
) -> None:
    assert {words(visit(emulator, SITE))[0] for _ in range(20)} == {"one", "two"}
    one, two = instances
    one.kill()
    assert states(elbv2, site, one, two) == ["unhealthy", "healthy"]
    assert {words(visit(emulator, SITE))[0] for _ in range(8)} == {"two"}
    one.restart()
    deregister(elbv2, site["Targets"], [two])
    assert {words(visit(emulator, SITE))[0] for _ in range(8)} == {"one"}


def states(elbv2: Any, site: dict[str, str], *instances: Instance) -> list[str]:
    described = elbv2.describe_target_health(TargetGroupArn=site["Targets"])["TargetHealthDescriptions"]
    by_port = {entry["Target"]["Port"]: entry["TargetHealth"]["State"] for entry in described}
    return [by_port[instance.port] for instance in instances]


def test_mock_instances_get_no_requests(
    emulator: Emulator, site: dict[str, str], elbv2: Any, instances: list[Instance]
) -> None:
    mocks = [{"Id": "i-0123456789abcdef0"}, {"Id": "i-0123456789abcdef1"}]
    elbv2.register_targets(TargetGroupArn=site["Targets"], Targets=mocks)
    assert {words(visit(emulator, SITE))[0] for _ in range(12)} <= {"one", "two"}
    deregister(elbv2, site["Targets"], instances)
    assert visit(emulator, site["Distribution"]).status == 503


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_dead_origin_gets_the_friendly_page(
    emulator: Emulator, site: dict[str, str], instances: list[Instance], method: str
) -> None:
    for instance in instances:
        instance.kill()
    page = visit(emulator, site["Distribution"], "/any/path", method, body="x=1" if method == "POST" else None)
    assert (page.status, page.body, page.headers["content-type"]) == (503, "friendly", "text/html")


def test_dns_fails_over_while_the_health_check_fails(
    emulator: Emulator, site: dict[str, str], instances: list[Instance]
) -> None:
    assert "retry-after" not in visit(emulator, SITE).headers
    for instance in instances:
        instance.kill()
    page = visit(emulator, SITE)
    assert (page.status, page.body, page.headers["retry-after"]) == (503, "friendly", "120")
    instances[0].start()
    assert words(visit(emulator, SITE))[0] == "one"
    # A visitor that still has the other address.
    assert visit(emulator, SITE, address=site["Api"]).headers["retry-after"] == "120"


def test_unknown_names_are_nobodys(emulator: Emulator, site: dict[str, str]) -> None:
    assert visit(emulator, "www.other.example", address=site["Distribution"]).status == 403
    assert visit(emulator, "www.other.example", address=site["Api"]).status == 403
