"""The template of each neighbour: two sites that together need every function there is."""

from resilient_website.expand import expand_template
from tests.isolation.harness import NEIGHBOURS, PAGES, REGION
from tests.isolation.wire import Json

FAR = "us-west-2"


def template(name: str, zone_id: str) -> Json:
    """Return a neighbour's expanded template."""
    domain = NEIGHBOURS[name]
    pages = {
        "DomainName": f"www.{domain}",
        "HostedZoneId": {"Ref": "Zone"},
        "Fallback": {"Source": {"BucketPrefix": {"Bucket": PAGES.format(name=name), "Prefix": "site/"}}},
        "Database": {"SecretRotationDays": 30},
        "Teardown": {"Database": "Delete", "Assets": "Delete"},
    }
    far = {
        "DomainName": f"far.{domain}",
        "HostedZoneId": {"Ref": "Zone"},
        "Fallback": {"Region": FAR},
        "Database": False,
        "Cache": False,
    }
    sites = {
        "Pages": {"Type": "ResilientWebsite", "Properties": pages},
        "Far": {"Type": "ResilientWebsite", "Properties": far},
    }
    zone = {"Type": "AWS::Route53::HostedZone::Id", "Default": zone_id}
    return expand_template({"Parameters": {"Zone": zone}, "Resources": sites}, {"Zone": zone_id}, REGION)
