"""Maintenance of a deployed site: what visitors get by CloudFront, in a deployment too, and the stack's deletion."""

from typing import Any

from cli.deployed.site import SiteName, find_site
from cli.maintenance.command import OFF, ON, STATUS, State, run
from cli.maintenance.rules import COOKIE
from tests.deployment.updated_site import UpdatedSite
from tools.emulator.instances import Instance
from tools.emulator.visitor import visit


def maintenance(site: UpdatedSite, action: str) -> State:
    def client(service: str, _region: str) -> Any:
        return site.installation.client(service)

    found = find_site(client, SiteName(site.name), site.installation.region)
    return run(action, found, client, (), lambda: "0123456789abcdef")


def test_friendly_page_until_it_is_turned_off(site: UpdatedSite, instance: Instance) -> None:
    emulator = site.installation.emulator
    properties: dict[str, Any] = {"Database": False, "Cache": False, "Delivery": {"Caching": "Disabled"}}
    site.deploy(properties)
    site.serve(instance)
    host = site.outputs["DistributionDomainName"]
    assert visit(emulator, host).status == 200
    state = maintenance(site, ON)
    for path, method in (("/", "GET"), ("/any", "GET"), ("/any", "POST")):
        answer = visit(emulator, host, path, method)
        assert (answer.status, "<h1" in answer.body) == (503, True)
    checker = {"User-Agent": "Amazon-Route53-Health-Check-Service (ref 1; report http://amzn.to/1vsZADi)"}
    assert visit(emulator, host, headers=checker).status == 200
    assert visit(emulator, host, headers={"Cookie": f"{COOKIE}={state.secret}"}).status == 200
    site.deploy({**properties, "LoadBalancer": {"IdleTimeout": 90}})
    assert maintenance(site, STATUS).on
    assert visit(emulator, host).status == 503
    maintenance(site, OFF)
    assert visit(emulator, host).status == 200
    maintenance(site, ON)
