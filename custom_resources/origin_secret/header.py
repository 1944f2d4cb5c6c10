"""The secret header of a site: who sends it, who accepts it, and in which order that changes.

The load balancer accepts the new value before CloudFront sends it, and goes on accepting the old one until the next
rotation: edges that have not got the new configuration yet are served. So nothing waits, and nobody is refused.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from origin_secret import distributions, listener_rules
from origin_secret.listener_rules import Rule
from origin_secret.places import tagged
from secret_rotation.steps import RotationError

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

HEADER = "X-Origin-Verify"
LENGTH = 48

# "You can specify up to three match evaluations per condition." Source: "Condition types for listener rules".
MOST_VALUES = 3


@dataclass(frozen=True)
class Clients:
    """Whom the rotation asks."""

    secrets: "SecretsManagerClient"
    tags: "ResourceGroupsTaggingAPIClient"
    global_tags: "ResourceGroupsTaggingAPIClient"
    load_balancing: "ElasticLoadBalancingv2Client"
    cloudfront: "CloudFrontClient"


@dataclass(frozen=True)
class OriginHeader:
    """The header's value as a rotation changes it."""

    clients: Clients

    def new_value(self, _current: str) -> str:
        """Return a random value: letters and digits, so that it is no pattern for the load balancer."""
        made = self.clients.secrets.get_random_password(PasswordLength=LENGTH, ExcludePunctuation=True)
        return made["RandomPassword"]

    def put(self, secret_arn: str, current: str, pending: str) -> None:
        """Let the load balancer accept both values, then let CloudFront send the pending one."""
        rules, sites = self._rules(secret_arn), self._distributions(secret_arn)
        # What CloudFront sends is the current value, except after a rotation that was given up half-way.
        sent = [value for site in sites for value in distributions.sent(self.clients.cloudfront, site, HEADER)]
        accepted = list(dict.fromkeys([pending, current, *sent]))
        if len(accepted) > MOST_VALUES:
            raise RotationError(
                f"CloudFront sends {len(set(sent))} different values of {HEADER}; with the new one, more than a "
                f"listener rule takes ({MOST_VALUES}). Deploy the site's stack again, then rotate."
            )
        for rule in rules:
            # A repeated step must not drop a value that edges may still send.
            if not set(accepted) <= set(rule.values):
                listener_rules.accept(self.clients.load_balancing, rule, HEADER, accepted)
        for site in sites:
            distributions.send(self.clients.cloudfront, site, HEADER, pending)

    def check(self, secret_arn: str, value: str) -> None:
        """Read back what the load balancer accepts and what CloudFront sends."""
        wrong = [
            f"the rule {rule.arn} does not accept the value"
            for rule in self._rules(secret_arn)
            if value not in rule.values
        ]
        for site in self._distributions(secret_arn):
            if set(distributions.sent(self.clients.cloudfront, site, HEADER)) != {value}:
                wrong.append(f"the distribution {site} sends another value")
        if wrong:
            raise RotationError(f"{HEADER}: {'; '.join(wrong)}. The rotation is repeated.")

    def _rules(self, secret_arn: str) -> list[Rule]:
        balancers = tagged(self.clients.tags, "elasticloadbalancing:loadbalancer", secret_arn)
        rules = [
            rule for arn in balancers for rule in listener_rules.with_header(self.clients.load_balancing, arn, HEADER)
        ]
        if not rules:
            raise RotationError(
                f"No listener of {', '.join(balancers)} has a rule with an http-header condition on {HEADER}. "
                "Deploy the site's stack again."
            )
        return rules

    def _distributions(self, secret_arn: str) -> list[str]:
        arns = tagged(self.clients.global_tags, "cloudfront:distribution", secret_arn)
        return [arn.rpartition("/")[2] for arn in arns]
