"""The front doors of an account: what visitors connect to, the names that its certificate is for, and its kind."""

from dataclasses import dataclass
from typing import Any, Protocol

from cli.analysis.availability.documented_timings import CLIENT_KEEP_ALIVE

CLOUDFRONT = "CloudFront"
LOAD_BALANCER = "the load balancer"
API = "API Gateway"


class Account(Protocol):
    """An account of the emulator in a Region."""

    region: str

    def client(self, service: str) -> Any:
        """Return a boto3 client."""


@dataclass(frozen=True)
class FrontDoor:
    """A front door: its kind, its own name, the names that its certificate covers, and how many addresses it has.

    `keep_alive`: for how many seconds of AWS it takes requests on one connection; 0: for one request.
    """

    kind: str
    name: str
    covered: tuple[str, ...]
    addresses: int = 1
    keep_alive: int = 0


def deployed(account: Account, *regions: Account) -> tuple[FrontDoor, ...]:
    """Return every distribution, internet-facing load balancer and Regional API domain name of an account.

    `regions`: the account in further Regions. Distributions are global.
    """
    regional = [door for each in (account, *regions) for door in (*_load_balancers(each), *_apis(each))]
    return (*_distributions(account), *regional)


def _covered(account: Account, arn: str) -> tuple[str, ...]:
    if not arn:
        return ()
    found = account.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    return tuple(found["SubjectAlternativeNames"])


def _distributions(account: Account) -> list[FrontDoor]:
    """CloudFront has a certificate for its own names besides."""
    listed = account.client("cloudfront").list_distributions()["DistributionList"].get("Items", [])
    return [
        FrontDoor(
            CLOUDFRONT,
            made["DomainName"].lower(),
            (made["DomainName"], *_covered(account, made["ViewerCertificate"].get("ACMCertificateArn", ""))),
        )
        for made in listed
    ]


def _load_balancers(account: Account) -> list[FrontDoor]:
    elbv2 = account.client("elbv2")
    found = []
    for balancer in elbv2.describe_load_balancers()["LoadBalancers"]:
        if balancer["Scheme"] != "internet-facing":
            continue
        listeners = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        arns = [item["CertificateArn"] for listener in listeners for item in listener.get("Certificates", [])]
        covered = tuple(name for arn in arns for name in _covered(account, arn))
        zones = len(balancer["AvailabilityZones"])
        kept = _keep_alive(elbv2, balancer["LoadBalancerArn"])
        found.append(FrontDoor(LOAD_BALANCER, balancer["DNSName"].lower(), covered, zones, kept))
    return found


def _keep_alive(elbv2: Any, arn: str) -> int:
    attributes = elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    given = {each["Key"]: each["Value"] for each in attributes}
    return int(given.get("client_keep_alive.seconds", CLIENT_KEEP_ALIVE.seconds.high))


def _apis(account: Account) -> list[FrontDoor]:
    items = account.client("apigateway").get_domain_names().get("items", [])
    return [
        FrontDoor(API, item["regionalDomainName"].lower(), _covered(account, item.get("regionalCertificateArn", "")))
        for item in items
        if item.get("regionalDomainName")
    ]
