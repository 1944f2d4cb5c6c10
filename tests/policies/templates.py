"""The templates whose policies are judged: every example, as the macro and as the command line write it."""

from collections.abc import Iterator
from typing import Any

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tests.isolation.sites import template
from tools.repository import ROOT

Json = dict[str, Any]
ZONE = "Z0123456789ABCDEFGHIJ"

# Outside us-east-1, a site has more in another Region: CloudFront's certificate, and the edge's alarms.
REGIONS = ("us-east-1", "eu-west-1")

# They name a topic or a web ACL of us-east-1, which a site in another Region can't have.
OF_ONE_REGION = ("private", "everything")


def templates() -> Iterator[tuple[str, Json]]:
    """Yield name and content: the examples in both Regions, and sites that need every function and right there is."""
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        given = read_template(path)
        for region in REGIONS[:1] if path.stem in OF_ONE_REGION else REGIONS:
            yield f"{path.stem} in {region}", expand_template(given, parameter_values(given, {}), region)
    copied = read_template(ROOT / "examples" / "second-region.yaml")
    yield "the copy in us-west-2", expand_template(copied, parameter_values(copied, {}), "us-west-2")
    backed_up = read_template(ROOT / "examples" / "second-region-backups.yaml")
    backed_up["Resources"]["Site"]["Properties"]["Secondary"]["ActiveRegion"] = "us-west-2"
    for region in ("us-east-1", "us-west-2"):
        recovered = expand_template(backed_up, parameter_values(backed_up, {}), region)
        yield f"recovered from backups, in {region}", recovered
    inside = read_template(ROOT / "examples" / "second-region.yaml")
    inside["Resources"]["Site"]["Properties"] |= {
        "Network": {"WebSubnets": "Private"},
        "LoadBalancer": {"Scheme": "internal"},
        "Secondary": {"Region": "us-west-2", "VpcOrigin": True},
    }
    for region in ("us-east-1", "us-west-2"):
        yield f"behind VPC origins, in {region}", expand_template(inside, parameter_values(inside, {}), region)
    drilled = read_template(ROOT / "examples" / "second-region.yaml")
    drilled["Resources"]["Site"]["Properties"]["Drills"] = True
    yield "drills of a site with a copy", expand_template(drilled, parameter_values(drilled, {}), "us-east-1")
    yield "every function", template("own", ZONE)
    mailed = {"DomainName": "www.example.com", "HostedZoneId": ZONE, "Monitoring": {"AlarmEmail": "a@example.com"}}
    site = {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": mailed}}}
    yield "alarms by mail", expand_template(site, {}, "eu-west-1")
