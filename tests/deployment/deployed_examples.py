"""Deploys examples on the emulator, and visits them."""

import json
from typing import Any

from tests.sites import Installation
from tools.emulator.instances import Instance
from tools.emulator.visitor import Response, visit


def site_of(template: dict[str, Any]) -> str:
    names = (name for name, body in template["Resources"].items() if body["Type"] == "ResilientWebsite")
    return str(next(names))


def attributes_as_outputs(template: dict[str, Any], site: str) -> dict[str, Any]:
    names = ("Url", "TargetGroupArn", "AssetsBucket", "FallbackBucket", "DistributionDomainName", "LoadBalancerDNSName")
    outputs = {f"Test{name}": {"Value": {"Fn::GetAtt": [site, name]}} for name in names}
    return {**template, "Outputs": {**template.get("Outputs", {}), **outputs}}


def in_own_zone(installation: Installation, template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with a hosted zone that exists in place of the example's."""
    zone = installation.hosted_zone("example.com")
    changed: dict[str, Any] = json.loads(json.dumps(template).replace("Z0123456789ABCDEFGHIJ", zone))
    return changed


def existing_network(installation: Installation) -> dict[str, str]:
    """Make a VPC as a network team would, and return it as the values of the example's parameters."""
    resources: dict[str, Any] = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.7.0.0/16"}}}
    for row, tier in enumerate(("Public", "Web", "Data")):
        for zone in range(3):
            resources[f"{tier}{zone}"] = {
                "Type": "AWS::EC2::Subnet",
                "Properties": {
                    "VpcId": {"Ref": "Vpc"},
                    "CidrBlock": f"10.7.{3 * row + zone}.0/24",
                    "AvailabilityZone": {"Fn::Select": [zone, {"Fn::GetAZs": ""}]},
                },
            }
    installation.deploy("network", {"Resources": resources})
    ids = installation.resources("network")
    lists = {
        f"{tier}Subnets": ",".join(ids[f"{tier}{zone}"] for zone in range(3)) for tier in ("Public", "Web", "Data")
    }
    return {"Vpc": ids["Vpc"], **lists}


def through_cloudfront(installation: Installation, name: str, outputs: dict[str, str], instance: Instance) -> None:
    host = outputs["TestDistributionDomainName"]
    emulator = installation.emulator
    page = visit(emulator, host, "/")
    assert (page.status, "made by one" in page.body) == (200, True), page
    asset = visit(emulator, host, "/static/app.css")
    assert (asset.status, asset.body) == (200, "a{}")
    for_ever = any(logical_id.endswith("KeepAssets") for logical_id in installation.resources(name))
    assert ("immutable" in asset.headers.get("cache-control", "")) == for_ever
    too_early = visit(emulator, host, "/static/not-yet.css")
    assert (too_early.status >= 400, "immutable" in too_early.headers.get("cache-control", "")) == (True, False)
    missing = visit(emulator, host, "/no/such/page")
    assert (missing.status, "There is no such page" in missing.body) == (404, True)
    direct = visit(emulator, outputs["TestLoadBalancerDNSName"], "/")
    assert (direct.status, direct.body) == (403, "Not this way.")
    instance.kill()
    for method, path in (("GET", "/"), ("GET", "/any/path"), ("POST", "/form")):
        _assert_friendly(visit(emulator, host, path, method, "a=1" if method == "POST" else None))
    instance.start()
    assert visit(emulator, host, "/").status == 200
    secondaries = secondary_apis(installation, name)
    domain = next(iter(outputs["TestUrl"].removeprefix("https://").split("/")))
    assert (domain in secondaries) == (not domain.endswith(".cloudfront.net"))
    signal = secondaries.pop(f"switch.{domain}", None)
    if signal is not None:
        # The switch signal of a site with a copy, which the first switch creates.
        assert visit(emulator, f"switch.{domain}", "/", address=signal).status == 503
    for domain_name, address in secondaries.items():
        for method, path in (("GET", "/"), ("GET", "/any/path"), ("POST", "/form"), ("DELETE", "/x")):
            body = "a=1" if method == "POST" else None
            answer = visit(emulator, domain_name, path, method, body, address=address)
            _assert_friendly(answer)
            assert answer.headers["retry-after"] == "120"
            assert answer.headers["x-robots-tag"] == "noindex"


def secondary_apis(installation: Installation, stack: str) -> dict[str, str]:
    """Return the names that a Regional API is the secondary for in a stack, and the address of each."""
    mine = set(installation.resources(stack).values())
    found: dict[str, str] = {}
    for region in ("us-east-1", "us-west-2"):
        entries = installation.emulator.client("apigateway", installation.account, region).get_domain_names()["items"]
        # In another Region, the domain names are a stack's there, of which this one has the id.
        there = region != installation.region and any(f":{region}:" in str(physical_id) for physical_id in mine)
        found |= {e["domainName"]: e["regionalDomainName"] for e in entries if there or e["domainName"] in mine}
    return found


def through_the_load_balancer(
    installation: Installation, name: str, outputs: dict[str, str], instance: Instance
) -> None:
    emulator = installation.emulator
    front = outputs["TestLoadBalancerDNSName"] + ":443"
    assert "made by one" in visit(emulator, front, "/").body
    assert visit(emulator, front, "/no/such/page").status == 404
    plain = visit(emulator, outputs["TestLoadBalancerDNSName"] + ":80", "/a?b=c")
    assert (plain.status, plain.headers["location"].startswith("https://")) == (301, True)
    assert visit(emulator, outputs["TestDistributionDomainName"], "/static/app.css").body == "a{}"
    secondary = installation.resources(name)["SiteDistribution"]
    described = installation.client("cloudfront").get_distribution(Id=secondary)["Distribution"]
    for method, path in (("GET", "/"), ("GET", "/any/path"), ("POST", "/form"), ("DELETE", "/x")):
        _assert_friendly(visit(emulator, described["DomainName"], path, method, "a=1" if method == "POST" else None))
    instance.kill()
    assert visit(emulator, front, "/").status in (502, 503, 504)


def _assert_friendly(answer: Response) -> None:
    assert answer.status == 503, answer
    assert '<meta name="robots" content="noindex">' in answer.body


def protection_off(installation: Installation, name: str) -> None:
    rds = installation.client("rds")
    mine = installation.resources(name).values()
    for database in rds.describe_db_instances()["DBInstances"]:
        if database["DBInstanceIdentifier"] in mine and database.get("DeletionProtection"):
            rds.modify_db_instance(
                DBInstanceIdentifier=database["DBInstanceIdentifier"], DeletionProtection=False, ApplyImmediately=True
            )
