"""The sites that failures are caused under: one for each way in."""

from typing import Any

from cli.analysis.availability import failures
from cli.analysis.availability.model import Survey, survey
from resilient_website.expand import expand_template

Template = dict[str, Any]

ZONE = "bakery.example"
HEALTH = {"HealthCheckPath": "/health"}

TOPOLOGIES: dict[str, dict[str, Any]] = {
    "CloudFront": {
        "DomainName": f"www.{ZONE}",
        "AlternateDomainNames": [ZONE],
        "Database": False,
        "WebServers": HEALTH,
    },
    "LoadBalancer": {
        "FrontDoor": "LoadBalancer",
        "DomainName": f"app.{ZONE}",
        "Database": False,
        "WebServers": HEALTH,
    },
    "no-domain": {"Cache": True, "WebServers": HEALTH},
    "single-database": {"Database": {"MultiAZ": False}, "WebServers": HEALTH},
}
# A topology that differs from another one in its stores alone: what else fails takes the same way there.
ONLY = {"single-database": (failures.ZONE, failures.DATABASE_PRIMARY.name)}


def template(topology: str, hosted_zone: str) -> Template:
    """Return a topology's template as a user writes it."""
    properties = TOPOLOGIES[topology]
    in_zone = {"HostedZoneId": hosted_zone} if "DomainName" in properties else {}
    return {
        "Transform": "ResilientWebsite",
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": {**properties, **in_zone}}},
    }


def expected(topology: str) -> Survey:
    """Return what the model says about a topology that is not deployed: enough to know what can fail."""
    return survey(expand_template(template(topology, "Z0123456789ABCDEFGHIJ"), {}, "us-east-1"))
