"""The command `maintenance` on a listener in memory: who gets what, and that it can be interrupted anywhere."""

import fnmatch
import ipaddress
from collections.abc import Callable
from typing import Any

import pytest

from cli.deployed.site import DeployedSite, Resource
from cli.maintenance.command import OFF, ON, STATUS, State, lines, run
from cli.maintenance.rules import COOKIE, PAGE, PRIORITIES
from resilient_website.problems import InvalidTemplateError
from resilient_website.tiers.load_balancer.listeners import FIRST_PRIORITY
from tests.cli.fake_services import error
from tests.expansion.expanded import expand, of_type

LISTENER, OWN, PATH = "arn:listener", "arn:own-rule", "/health"
CHECKER = "Amazon-Route53-Health-Check-Service (ref 1; report http://amzn.to/1vsZADi)"
FORWARD = [{"Type": "forward", "TargetGroupArn": "arn:targets"}]
TRANSFORMS = [{"Type": "host-header-rewrite", "HostHeaderRewriteConfig": {"Rewrites": []}}]
OWN_CONDITIONS = {
    "CloudFrontOnly": [
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Origin-Verify", "Values": ["s"]}}
    ],
    "OwnName": [{"Field": "host-header", "HostHeaderConfig": {"Values": ["*.elb.amazonaws.com"]}}],
}


class Interrupted(Exception):  # noqa: N818
    """Somebody pressed Ctrl-C."""


class FakeElb:
    """A listener with the rules of the stack. Its operations are those of elbv2, in the names of boto3.

    `interrupt_after` is the number of changes after which it is interrupted.
    """

    exceptions: Any = type("Exceptions", (), {"PriorityInUseException": type("PriorityInUse", (Exception,), {})})

    def __init__(self, own_rule: str) -> None:
        own = {"RuleArn": OWN, "Priority": str(FIRST_PRIORITY), "Actions": FORWARD, "Transforms": TRANSFORMS}
        self.rules: dict[str, dict[str, Any]] = {OWN: {**own, "Conditions": OWN_CONDITIONS[own_rule]}}
        self.tags: dict[str, list[dict[str, str]]] = {}
        self.changes: list[str] = []
        self.interrupt_after = 1000

    def get_paginator(self, name: str) -> Any:
        assert name == "describe_rules"
        return type("Paginator", (), {"paginate": staticmethod(lambda **asked: [self.describe_rules(**asked)])})

    def describe_rules(self, ListenerArn: str = LISTENER, RuleArns: list[str] | None = None) -> Any:  # noqa: N803
        assert ListenerArn == LISTENER
        return {"Rules": [dict(rule) for arn, rule in self.rules.items() if RuleArns is None or arn in RuleArns]}

    def describe_tags(self, ResourceArns: list[str]) -> Any:  # noqa: N803
        assert 0 < len(ResourceArns) <= 20
        return {"TagDescriptions": [{"ResourceArn": arn, "Tags": self.tags.get(arn, [])} for arn in ResourceArns]}

    def describe_target_groups(self, TargetGroupArns: list[str]) -> Any:  # noqa: N803
        assert TargetGroupArns == ["arn:targets"]
        return {"TargetGroups": [{"HealthCheckPath": f"{PATH}?deep=0"}]}

    def create_rule(self, ListenerArn: str, Priority: int, Tags: list[dict[str, str]], **settings: Any) -> None:  # noqa: N803
        assert ListenerArn == LISTENER
        if str(Priority) in {rule["Priority"] for rule in self.rules.values()}:
            raise self.exceptions.PriorityInUseException
        arn = f"arn:rule/{len(self.changes)}"
        self.rules[arn] = {"RuleArn": arn, "Priority": str(Priority), **settings}
        self.tags[arn] = Tags
        self._changed("create")

    def modify_rule(self, RuleArn: str, **settings: Any) -> None:  # noqa: N803
        self.rules[RuleArn] |= settings
        self._changed("modify")

    def delete_rule(self, RuleArn: str) -> None:  # noqa: N803
        if RuleArn not in self.rules:
            raise error("DeleteRule", "RuleNotFound")
        del self.rules[RuleArn]
        self._changed("delete")

    def _changed(self, what: str) -> None:
        self.changes.append(what)
        if len(self.changes) >= self.interrupt_after:
            self.interrupt_after = 1000
            raise Interrupted

    def answer(self, path: str = "/", cookie: str = "", address: str = "198.51.100.7", agent: str = "Mozilla") -> str:
        """Return what a request from the front door gets: `server`, or the status of a fixed response."""
        for rule in sorted(self.rules.values(), key=lambda rule: int(rule["Priority"])):
            if all(_holds(each, path, cookie, address, agent) for each in rule["Conditions"]):
                (action,) = rule["Actions"]
                return "server" if action["Type"] == "forward" else str(action["FixedResponseConfig"]["StatusCode"])
        return "403"


def _holds(condition: dict[str, Any], path: str, cookie: str, address: str, agent: str) -> bool:
    if condition["Field"] == "path-pattern":
        return any(fnmatch.fnmatchcase(path, value) for value in condition["PathPatternConfig"]["Values"])
    if condition["Field"] == "source-ip":
        blocks = map(ipaddress.ip_network, condition["SourceIpConfig"]["Values"])
        return any(ipaddress.ip_address(address) in block for block in blocks)
    if condition["Field"] == "host-header":
        return True
    config = condition["HttpHeaderConfig"]
    given = {"Cookie": cookie, "X-Origin-Verify": "s", "User-Agent": agent}[config["HttpHeaderName"]]
    return any(fnmatch.fnmatchcase(given.lower(), value.lower()) for value in config["Values"])


class FakeRoute53:
    """A health check of another path than the load balancer's."""

    def get_health_check(self, HealthCheckId: str) -> Any:  # noqa: N803
        assert HealthCheckId == "check"
        return {"HealthCheck": {"HealthCheckConfig": {"ResourcePath": "/deep?a=b"}}}


def site(own_rule: str = "CloudFrontOnly", *, checked: bool = False) -> DeployedSite:
    ids = {"ListenerHttps": LISTENER, own_rule: OWN} | ({"HealthCheck": "check"} if checked else {})
    return DeployedSite(
        "us-east-1", "s", "Site", {f"Site{name}": Resource(f"Site{name}", "", i) for name, i in ids.items()}
    )


def do(elb: FakeElb, action: str, blocks: tuple[str, ...] = (), where: DeployedSite | None = None) -> State:
    secrets = iter(f"secret{len(elb.changes)}{number}" for number in range(9))
    clients = {"elbv2": elb, "route53": FakeRoute53()}
    client: Callable[[str, str], Any] = lambda service, _: clients[service]  # noqa: E731
    return run(action, where or site(), client, blocks, lambda: next(secrets))


def test_visitors_get_503_and_who_has_the_pass_gets_the_site() -> None:
    elb = FakeElb("CloudFrontOnly")
    assert not do(elb, STATUS).on
    state = do(elb, ON)
    assert state == do(elb, STATUS)
    assert elb.answer() == elb.answer("/static/a", cookie="a=b") == "503"
    assert elb.answer(cookie=f"a=b; {COOKIE}={state.secret}; c=d") == "server"
    assert elb.answer(cookie=f"{COOKIE}=another") == "503"
    assert not do(elb, OFF).on
    assert elb.answer() == "server"
    assert list(elb.rules) == [OWN]


def test_health_check_reaches_a_server() -> None:
    elb = FakeElb("CloudFrontOnly")
    do(elb, ON)
    assert elb.answer(PATH, agent=CHECKER) == "server"
    assert elb.answer(PATH) == elb.answer(f"{PATH}/more", agent=CHECKER) == "503"
    elb = FakeElb("CloudFrontOnly")
    do(elb, ON, where=site(checked=True))
    assert (elb.answer("/deep", agent=CHECKER), elb.answer(PATH, agent=CHECKER)) == ("server", "503")
    assert [rule["Transforms"] for rule in elb.rules.values() if "Transforms" in rule] == [TRANSFORMS] * 3


def test_addresses_enter_only_where_the_load_balancer_sees_them() -> None:
    elb, direct = FakeElb("OwnName"), site("OwnName")
    do(elb, ON, ("192.0.2.0/24", "2001:db8::/32"), direct)
    assert (elb.answer(address="192.0.2.9"), elb.answer(address="192.0.3.9")) == ("server", "503")
    assert do(elb, STATUS, where=direct).blocks == ("192.0.2.0/24", "2001:db8::/32")
    do(elb, ON, where=direct)
    assert elb.answer(address="192.0.2.9") == "503"
    with pytest.raises(InvalidTemplateError, match="sees CloudFront's addresses"):
        do(FakeElb("CloudFrontOnly"), ON, ("192.0.2.0/24",))
    with pytest.raises(InvalidTemplateError, match="at most 5"):
        do(elb, ON, tuple(f"192.0.2.{n}/32" for n in range(6)), direct)


def test_repeated_it_changes_nothing_and_keeps_the_pass() -> None:
    elb = FakeElb("CloudFrontOnly")
    first = do(elb, ON)
    before = {arn: dict(rule) for arn, rule in elb.rules.items()}
    assert do(elb, ON) == first
    assert elb.rules == before
    do(elb, OFF)
    changes = len(elb.changes)
    do(elb, OFF)
    assert len(elb.changes) == changes


@pytest.mark.parametrize("action", [ON, OFF])
def test_interrupted_after_any_change_it_ends_the_same_and_never_blocks_the_health_check(action: str) -> None:
    for beat in range(1, 6):
        elb, direct = FakeElb("OwnName"), site("OwnName")
        if action == OFF:
            do(elb, ON, ("192.0.2.0/24",), direct)
            elb.changes.clear()
        elb.interrupt_after = beat
        blocks = ("192.0.2.0/24",) if action == ON else ()
        try:
            do(elb, action, blocks, direct)
        except Interrupted:
            assert elb.answer(PATH, agent=CHECKER) == elb.answer(address="192.0.2.9") == "server"
            do(elb, action, blocks, direct)
        assert elb.answer() == ("503" if action == ON else "server")
        assert len(elb.rules) == (5 if action == ON else 1)


def test_rule_of_somebody_else_is_left_alone() -> None:
    elb = FakeElb("CloudFrontOnly")
    elb.rules["arn:theirs"] = {"RuleArn": "arn:theirs", "Priority": "4", "Conditions": [], "Actions": FORWARD}
    with pytest.raises(InvalidTemplateError, match="priority 4 is used by a rule that is not of maintenance"):
        do(elb, ON)
    do(elb, OFF)
    assert set(elb.rules) == {OWN, "arn:theirs"}


@pytest.mark.parametrize("front_door", ["CloudFront", "LoadBalancer"])
def test_rules_of_a_site_come_after_those_of_maintenance(front_door: str) -> None:
    domain = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ", "FrontDoor": front_door}
    rules = dict(of_type(expand(domain), "AWS::ElasticLoadBalancingV2::ListenerRule"))
    assert rules
    assert all(rule["Priority"] > max(PRIORITIES.values()) for rule in rules.values())
    assert set(rules) <= {"SiteCloudFrontOnly", "SiteOwnName"}


def test_what_it_says() -> None:
    on = State("s:Site in us-east-1", True, True, "abc", ())
    assert 'document.cookie = "maintenance-pass=abc; path=/; secure"' in "\n".join(lines(on, ON))
    # Only what has just turned it off, and only CloudFront, shows the page for some more seconds.
    off = "Maintenance of s:Site in us-east-1 is off."
    for action, behind_cloudfront, more in ((STATUS, True, ""), (OFF, False, ""), (OFF, True, " CloudFront shows ")):
        (said,) = lines(State("s:Site in us-east-1", False, behind_cloudfront, None, ()), action)
        assert said.partition("the friendly page")[0] == off + more
    assert on.as_json() == {
        "site": "s:Site in us-east-1",
        "maintenance": True,
        "cookie": "maintenance-pass=abc",
        "allowed": [],
    }
    assert len(PAGE) <= 1024
