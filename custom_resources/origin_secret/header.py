"""Changes the secret header of a site in the load balancer, which accepts it, and in CloudFront, which sends it.

The load balancer accepts the new value before CloudFront sends it, and accepts the old one until the next rotation, so
that requests from edge locations with the old configuration are served. No step waits, and no request is rejected.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from origin_secret import distributions, listener_rules
from origin_secret.copies import Copy, reached
from origin_secret.listener_rules import Rule
from origin_secret.places import Places
from shared.secret_rotation.steps import RotationError

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_secretsmanager import SecretsManagerClient

HEADER = "X-Origin-Verify"
LENGTH = 48

# "You can specify up to three match evaluations per condition." Source: "Condition types for listener rules".
MAX_VALUES = 3


@dataclass(frozen=True)
class Clients:
    """The boto3 clients of a rotation."""

    secrets: "SecretsManagerClient"
    load_balancing: "ElasticLoadBalancingv2Client"
    cloudfront: "CloudFrontClient"


@dataclass(frozen=True)
class OriginHeader:
    """The header's value, for the steps of a rotation, in the places where it is used.

    `copies` finds the site's copies: only the steps that change or test the value need their Regions.
    """

    clients: Clients
    places: Places
    copies: Callable[[], tuple[Copy, ...]] = tuple

    def new_value(self, _current: str) -> str:
        """Return a random value of letters and digits, since the load balancer reads * and ? as wildcards."""
        made = self.clients.secrets.get_random_password(PasswordLength=LENGTH, ExcludePunctuation=True)
        return made["RandomPassword"]

    def put(self, _secret_arn: str, current: str, pending: str) -> None:
        """Make the load balancers accept both values, then make CloudFront send the pending one.

        Those of the site's copies in other Regions too: CloudFront sends the same value to the active one.
        """
        rule = self._rule()
        # CloudFront sends the current value, except after a rotation that was abandoned halfway.
        sent = distributions.sent(self.clients.cloudfront, self.places.distribution, HEADER)
        accepted = list(dict.fromkeys([pending, current, *sent]))
        if len(accepted) > MAX_VALUES:
            raise RotationError(
                f"CloudFront sends {len(set(sent))} different values of {HEADER}; with the new one, that exceeds the "
                f"maximum of {MAX_VALUES} per listener rule. Deploy the site's stack again, then rotate."
            )
        for copy in self.copies():
            with reached(copy.region):
                _accept(copy.load_balancing, self._rule_of(copy), accepted)
        _accept(self.clients.load_balancing, rule, accepted)
        distributions.send(self.clients.cloudfront, self.places.distribution, HEADER, pending)

    def check(self, _secret_arn: str, value: str) -> None:
        """Raise RotationError unless the load balancer accepts the value and CloudFront sends it."""
        wrong = []
        if value not in self._rule().values:
            wrong.append(f"the rule {self.places.rule} does not accept the value")
        for copy in self.copies():
            with reached(copy.region):
                if value not in self._rule_of(copy).values:
                    wrong.append(f"the rule {copy.rule} does not accept the value")
        if set(distributions.sent(self.clients.cloudfront, self.places.distribution, HEADER)) != {value}:
            wrong.append(f"the distribution {self.places.distribution} sends another value")
        if wrong:
            raise RotationError(f"{HEADER}: {'; '.join(wrong)}. Secrets Manager retries the rotation.")

    def _rule(self) -> Rule:
        return _read(self.clients.load_balancing, self.places.rule)

    def _rule_of(self, copy: Copy) -> Rule:
        return _read(copy.load_balancing, copy.rule)


def _read(load_balancing: "ElasticLoadBalancingv2Client", arn: str) -> Rule:
    """Return a rule. Raises RotationError if it has no condition on the header."""
    rule = listener_rules.read(load_balancing, arn, HEADER)
    if not rule.values:
        raise RotationError(f"The rule {arn} has no http-header condition on {HEADER}. Deploy the site's stack again.")
    return rule


def _accept(load_balancing: "ElasticLoadBalancingv2Client", rule: Rule, accepted: list[str]) -> None:
    """Make a rule accept values. A repeated step must not remove one that edge locations may still send."""
    if not set(accepted) <= set(rule.values):
        listener_rules.accept(load_balancing, rule, HEADER, accepted)
