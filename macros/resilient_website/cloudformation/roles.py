"""IAM roles of a site: one builder, so that the permissions boundary and the path are on every one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, iam

from resilient_website.cloudformation.iam_documents import document, trust
from resilient_website.cloudformation.intrinsics import Value

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class RoleOptions:
    """What an organisation asks of every role: `Security.PermissionsBoundary` and `Security.RolePath`."""

    boundary: Value | None = None
    path: Value | None = None

    @property
    def properties(self) -> dict[str, Any]:
        """The properties of AWS::IAM::Role that carry them; what is not given is left out."""
        boundary = {} if self.boundary is None else {"PermissionsBoundary": self.boundary}
        return boundary | ({} if self.path is None else {"Path": self.path})


def role(
    title: str,
    options: RoleOptions,
    service: str,
    policies: Mapping[str, Sequence[Statement]],
    *,
    condition: Mapping[str, Any] | None = None,
    managed: Sequence[AWSHelperFn] = (),
) -> iam.Role:
    """Return the role `title` that an AWS service, as in `ec2`, assumes, under a condition if one is given.

    `policies` are the statements by policy name; a name without statements makes no policy. `managed` are the ARNs of
    managed policies.
    """
    inline = [
        iam.Policy(PolicyName=name, PolicyDocument=document(*statements))
        for name, statements in policies.items()
        if statements
    ]
    return iam.Role(
        title,
        **options.properties,
        AssumeRolePolicyDocument=trust(service, condition),
        **({"ManagedPolicyArns": list(managed)} if managed else {}),
        **({"Policies": inline} if inline else {}),
    )
