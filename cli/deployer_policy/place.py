"""The location of a stack, as in the ARNs of its resources."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A stack's name, Region and account; the name and the account may be wildcards."""

    stack_name: str
    region: str
    account: str = "*"

    def arn(self, service: str, name: str) -> str:
        """Return the ARN of a resource in this Region and account."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{name}"

    def global_arn(self, service: str, name: str) -> str:
        """Return the ARN of a global resource of the account, like a role."""
        return f"arn:aws:{service}::{self.account}:{name}"


def s3_arn(name: str) -> str:
    """Return the ARN of a bucket, or of objects in one; it has neither Region nor account."""
    return f"arn:aws:s3:::{name}"


def zone_arn(zone: str) -> str:
    """Return the ARN of a hosted zone by its id; it has neither Region nor account."""
    return f"arn:aws:route53:::hostedzone/{zone}"
