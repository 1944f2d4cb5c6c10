"""A Region of the emulator that is dead, and a site in two Regions: who answers is decided by an object in the second.

The distribution's origin is a name with failover records; the first record's health check is inverted and reads the
object through an API, so that the second Region takes over while the object is there.
"""

import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from tests.emulated_stacks import made
from tools.emulator.endpoint import Emulator
from tools.emulator.sessions import session
from tools.emulator.stacks import Json, Stacks
from tools.emulator.visitor import visit

ACCOUNT = "200000000043"
HERE, THERE = "us-east-1", "us-west-2"
METHODS = ("GET", "POST")
SIGNAL = "_switch/active"


@pytest.fixture(scope="module")
def site(emulator: Emulator) -> dict[str, str]:
    """Deploy the balancers of both Regions, and what is before them; return the outputs of the latter."""
    half, edge = Path(__file__).with_suffix(".yaml").read_text().split("\n---\n")
    here, there = Stacks(emulator, ACCOUNT, HERE), Stacks(emulator, ACCOUNT, THERE)
    route53 = here.session.client("route53")
    made = route53.create_hosted_zone(Name="two.emulated.example", CallerReference="two")["HostedZone"]["Id"]
    zone = made.removeprefix("/hostedzone/")
    first = deployed(here, "half", half, Zone=zone)
    second = deployed(there, "half", half, Zone=zone)
    names = {"First": first["Name"], "Second": second["Name"], "BalancersZone": first["Zone"]}
    return deployed(there, "edge", edge, Zone=zone, **names)


def deployed(stacks: Stacks, name: str, template: str, **parameters: str) -> dict[str, str]:
    stack = made(stacks, name, template, parameters=parameters)
    values: dict[str, str] = stack["Values"]
    return values


@pytest.fixture
def dead(emulator: Emulator) -> Iterator[Any]:
    """Return what makes Regions dead, all others alive; afterwards all are."""
    yield lambda *regions, seconds=0.0: emulator.tell("/_emulator/dead-regions", dict.fromkeys(regions, seconds))
    emulator.tell("/_emulator/dead-regions", {})


@pytest.fixture
def signal(emulator: Emulator, site: dict[str, str]) -> Iterator[Any]:
    """Return the client of S3 in the second Region, and the signal; afterwards it is gone."""
    s3 = emulator.client("s3", ACCOUNT, THERE)
    at: Json = {"Bucket": site["Bucket"], "Key": SIGNAL}
    yield lambda there: s3.put_object(**at) if there else s3.delete_object(**at)
    s3.delete_object(**at)


def answers(emulator: Emulator, site: dict[str, str]) -> list[str]:
    """Return what GET and POST get through CloudFront: the name of a Region, or a status."""
    found = [visit(emulator, site["Distribution"], "/form", method) for method in METHODS]
    return [answer.body if answer.status == 200 else str(answer.status) for answer in found]


def impatient(emulator: Emulator, service: str, region: str, *, seconds: float = 30) -> Any:
    """Return a client that asks once, and waits for `seconds`."""
    config = Config(read_timeout=seconds, connect_timeout=seconds, retries={"total_max_attempts": 1})
    boto3 = session(ACCOUNT, region)
    trust = str(emulator.ca_bundle)
    return boto3.client(service, endpoint_url=emulator.url, verify=trust, config=config)  # type: ignore[call-overload]


def test_signal_turns_every_method_to_the_second_region(emulator: Emulator, site: dict[str, str], signal: Any) -> None:
    assert answers(emulator, site) == [HERE, HERE]
    signal(True)
    assert answers(emulator, site) == [THERE, THERE]
    signal(False)
    assert answers(emulator, site) == [HERE, HERE]


def test_signal_is_an_inverted_check_of_an_account(emulator: Emulator, site: dict[str, str]) -> None:
    checks = emulator.client("route53", ACCOUNT).list_health_checks()["HealthChecks"]
    (inverted,) = [each["HealthCheckConfig"] for each in checks if each["HealthCheckConfig"].get("Inverted")]
    assert site
    assert inverted["ResourcePath"] == "/"


def test_dead_first_region(emulator: Emulator, site: dict[str, str], signal: Any, dead: Any) -> None:
    dead(HERE)
    # Nobody has switched: CloudFront's time-out.
    assert answers(emulator, site) == ["504", "504"]
    signal(True)
    assert answers(emulator, site) == [THERE, THERE]
    dead()
    assert answers(emulator, site) == [THERE, THERE]
    signal(False)
    assert answers(emulator, site) == [HERE, HERE]


def test_dead_second_region_can_not_take_over(emulator: Emulator, site: dict[str, str], signal: Any, dead: Any) -> None:
    signal(True)
    dead(THERE)
    # The signal can't be read: the inverted check is healthy.
    assert answers(emulator, site) == [HERE, HERE]
    dead()
    assert answers(emulator, site) == [THERE, THERE]


def test_apis_of_a_dead_region_break_the_connection(emulator: Emulator, dead: Any) -> None:
    dead(HERE)
    for service, operation in (("rds", "describe_db_instances"), ("s3", "list_buckets"), ("ssm", "get_parameter")):
        arguments = {"Name": "x"} if service == "ssm" else {}
        with pytest.raises(BotoCoreError):
            getattr(impatient(emulator, service, HERE), operation)(**arguments)
    # Control planes that are in us-east-1 only.
    for service, operation in (("route53", "list_hosted_zones"), ("cloudfront", "list_distributions")):
        with pytest.raises(BotoCoreError):
            getattr(impatient(emulator, service, THERE), operation)()
    assert impatient(emulator, "rds", THERE).describe_db_instances()["DBInstances"] == []
    assert emulator.client("rds", ACCOUNT, "eu-west-1").describe_db_instances()["DBInstances"] == []


def test_dead_region_can_let_its_callers_wait(emulator: Emulator, dead: Any) -> None:
    dead(HERE, seconds=60)
    begun = time.monotonic()
    with pytest.raises(BotoCoreError, match="Read timeout"):
        impatient(emulator, "rds", HERE, seconds=2).describe_db_instances()
    assert time.monotonic() - begun < 30


def test_visitor_of_a_dead_load_balancer_gets_nothing(emulator: Emulator, site: dict[str, str], dead: Any) -> None:
    assert site
    (balancer,) = emulator.client("elbv2", ACCOUNT, HERE).describe_load_balancers()["LoadBalancers"]
    assert visit(emulator, balancer["DNSName"]).body == HERE
    dead(HERE)
    with pytest.raises((OSError, HTTPException)):
        visit(emulator, balancer["DNSName"])


def test_alias_of_a_record_is_as_healthy_as_that(emulator: Emulator, site: dict[str, str]) -> None:
    assert site
    assert visit(emulator, "front.two.emulated.example").body == THERE
    # The only record of a name is the answer, healthy or not.
    assert visit(emulator, "checked.two.emulated.example").body == HERE
