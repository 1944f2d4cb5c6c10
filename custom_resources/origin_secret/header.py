"""The secret header of a site: who sends it, who accepts it, and in which order that changes.

The load balancer accepts the new value before CloudFront sends it, and goes on accepting the old one until the next
rotation: edges that have not got the new configuration yet are served. So nothing waits, and nobody is refused.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from origin_secret import distributions, listener_rules
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
    """Whom the rotation asks."""

    secrets: "SecretsManagerClient"
    load_balancing: "ElasticLoadBalancingv2Client"
    cloudfront: "CloudFrontClient"


@dataclass(frozen=True)
class OriginHeader:
    """The header's value as a rotation changes it, in the places where it is in use."""

    clients: Clients
    places: Places

    def new_value(self, _current: str) -> str:
        """Return a random value: letters and digits, so that it is no pattern for the load balancer."""
        made = self.clients.secrets.get_random_password(PasswordLength=LENGTH, ExcludePunctuation=True)
        return made["RandomPassword"]

    def put(self, _secret_arn: str, current: str, pending: str) -> None:
        """Let the load balancer accept both values, then let CloudFront send the pending one."""
        rule = self._rule()
        # What CloudFront sends is the current value, except after a rotation that was given up half-way.
        sent = distributions.sent(self.clients.cloudfront, self.places.distribution, HEADER)
        accepted = list(dict.fromkeys([pending, current, *sent]))
        if len(accepted) > MAX_VALUES:
            raise RotationError(
                f"CloudFront sends {len(set(sent))} different values of {HEADER}; with the new one, more than a "
                f"listener rule takes ({MAX_VALUES}). Deploy the site's stack again, then rotate."
            )
        # A repeated step must not drop a value that edges may still send.
        if not set(accepted) <= set(rule.values):
            listener_rules.accept(self.clients.load_balancing, rule, HEADER, accepted)
        distributions.send(self.clients.cloudfront, self.places.distribution, HEADER, pending)

    def check(self, _secret_arn: str, value: str) -> None:
        """Read back what the load balancer accepts and what CloudFront sends."""
        wrong = []
        if value not in self._rule().values:
            wrong.append(f"the rule {self.places.rule} does not accept the value")
        if set(distributions.sent(self.clients.cloudfront, self.places.distribution, HEADER)) != {value}:
            wrong.append(f"the distribution {self.places.distribution} sends another value")
        if wrong:
            raise RotationError(f"{HEADER}: {'; '.join(wrong)}. The rotation is repeated.")

    def _rule(self) -> Rule:
        rule = listener_rules.read(self.clients.load_balancing, self.places.rule, HEADER)
        if not rule.values:
            raise RotationError(
                f"The rule {self.places.rule} has no http-header condition on {HEADER}. Deploy the site's stack again."
            )
        return rule
