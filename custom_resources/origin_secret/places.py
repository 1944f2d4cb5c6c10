"""Finds where a site's secret header is used: the listener rule and the distribution of its stack."""

from dataclasses import dataclass

from shared.secret_rotation.own_stack import OwnStack

# Endings of the logical ids of a site's secret, listener rule and distribution.
SECRET = "OriginSecret"  # noqa: S105 (the end of a logical id)
RULE = "CloudFrontOnly"
DISTRIBUTION = "Distribution"


@dataclass(frozen=True)
class Places:
    """The listener rule's ARN and the distribution's id."""

    rule: str
    distribution: str
    # The rule's logical id, which is the same in a copy of the site in another Region.
    rule_id: str


def places(stack: OwnStack, secret_arn: str) -> Places:
    """Return where a secret's header is used. Raises RotationError if the secret does not belong to the stack."""
    wanted = {RULE: "AWS::ElasticLoadBalancingV2::ListenerRule", DISTRIBUTION: "AWS::CloudFront::Distribution"}
    rule, distribution = stack.beside(secret_arn, SECRET, wanted)
    return Places(rule, distribution, stack.site(secret_arn, SECRET) + RULE)
