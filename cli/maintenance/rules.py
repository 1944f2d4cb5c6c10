"""The listener rules of maintenance: who may enter, the health check, and a 503 for all others.

CloudFront replaces a 503 of its origin by the friendly page, for every path and method. The load balancer's health
checks of the servers do not pass the rules, so that no server is replaced. Route 53's health check reaches a server, so
that DNS does not fail over; visitors do not, even if it asks for the first page.

The rules are not in the stack: its updates change only its own rules, and the deletion of a listener deletes all of
them. Sources: "Listener rules for your Application Load Balancer", "DeleteListener" in the Elastic Load Balancing API.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# The tag's value is the rule's purpose.
TAG = "resilient-website:maintenance"

# The cookie that lets somebody in. An address is no way in behind CloudFront: the load balancer sees CloudFront's, and
# visitors can send any X-Forwarded-For.
COOKIE = "maintenance-pass"

# By priority. All are below the stack's own rules: FIRST_PRIORITY in the macro.
ADDRESSES, PASS, HEALTH_CHECK, VISITORS = "addresses", "pass", "health-check", "visitors"
PRIORITIES: Mapping[str, int] = {ADDRESSES: 1, PASS: 2, HEALTH_CHECK: 3, VISITORS: 4}

# What Route 53's health checkers call themselves; CloudFront hands it on with the other headers of the request. If it
# were to change, DNS would fail over, and visitors would get the friendly page from the SECONDARY.
CHECKERS = "Amazon-Route53-Health-Check-Service*"

# A rule's limits. Sources: "Quotas for your Application Load Balancers" (condition values), "CreateRule" in the Elastic
# Load Balancing API (path-pattern).
MAX_VALUES = 5
MAX_PATH = 128

# What visitors get where the load balancer is the front door; CloudFront replaces it. At most 1,024 characters:
# "FixedResponseActionConfig" in the Elastic Load Balancing API.
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
    'content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>Maintenance</title>'
    '</head><body style="font-family:system-ui;max-width:34rem;margin:20vh auto;padding:0 1rem">'
    "<h1>We will be back soon</h1><p>The website is being maintained. Please try again in a few minutes.</p>"
    "</body></html>"
)


@dataclass(frozen=True)
class Bypass:
    """Who may enter: those with the pass, and addresses in these blocks (only without CloudFront in front)."""

    secret: str
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forwarding:
    """How the stack's own rule sends requests to the servers: its actions and transforms."""

    actions: list[dict[str, Any]]
    transforms: list[dict[str, Any]]


@dataclass(frozen=True)
class Rule:
    """A rule: its purpose and what CreateRule takes."""

    purpose: str
    conditions: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    transforms: list[dict[str, Any]]

    def settings(self) -> dict[str, Any]:
        """Return what CreateRule and ModifyRule have in common."""
        transforms = {"Transforms": self.transforms} if self.transforms else {}
        return {"Conditions": self.conditions, "Actions": self.actions, **transforms}


def wanted(
    bypass: Bypass, health_check_path: str, forwarding: Forwarding, *, behind_cloudfront: bool
) -> Iterator[Rule]:
    """Yield the rules in the order in which they are created: what blocks visitors comes last."""
    if bypass.blocks:
        sources = {"Field": "source-ip", "SourceIpConfig": {"Values": list(bypass.blocks)}}
        yield Rule(ADDRESSES, [sources], forwarding.actions, forwarding.transforms)
    yield Rule(PASS, [_header("Cookie", f"*{COOKIE}={bypass.secret}*")], forwarding.actions, forwarding.transforms)
    checked = [_path(health_check_path), _header("User-Agent", CHECKERS)]
    yield Rule(HEALTH_CHECK, checked, forwarding.actions, forwarding.transforms)
    kind, body = ("text/plain", "Maintenance") if behind_cloudfront else ("text/html", PAGE)
    response = {"StatusCode": "503", "ContentType": kind, "MessageBody": body}
    yield Rule(VISITORS, [_path("*")], [{"Type": "fixed-response", "FixedResponseConfig": response}], [])


def secret_of(conditions: list[dict[str, Any]]) -> str:
    """Return the secret in the conditions of the rule for the pass."""
    (pattern,) = (value for each in conditions for value in each.get("HttpHeaderConfig", {}).get("Values", ()))
    return str(pattern).strip("*").removeprefix(f"{COOKIE}=")


def _header(name: str, pattern: str) -> dict[str, Any]:
    return {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": [pattern]}}


def _path(pattern: str) -> dict[str, Any]:
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": [pattern]}}
