"""Finds where a site's secret header is in use: the listener rule and the distribution of its stack."""

from dataclasses import dataclass

from shared.secret_rotation.own_stack import OwnStack

# How the logical ids of a site's secret, listener rule and distribution end.
SECRET = "OriginSecret"  # noqa: S105 (the end of a logical id)
RULE = "CloudFrontOnly"
DISTRIBUTION = "Distribution"


@dataclass(frozen=True)
class Places:
    """The rule's ARN, and the distribution's id."""

    rule: str
    distribution: str


def places(stack: OwnStack, secret_arn: str) -> Places:
    """Return where the header of a secret is in use. Raises RotationError if the secret is not of the stack."""
    wanted = {RULE: "AWS::ElasticLoadBalancingV2::ListenerRule", DISTRIBUTION: "AWS::CloudFront::Distribution"}
    return Places(*stack.beside(secret_arn, SECRET, wanted))
