"""IAM roles of a site: a single builder sets the permissions boundary and the path on every role."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, iam

from resilient_website.cloudformation.iam_documents import document, trust
from resilient_website.cloudformation.intrinsics import Value

Statement = Mapping[str, Any]


class RoleOptions(NamedTuple):
    """Settings for every role: `Security.PermissionsBoundary` and `Security.RolePath`."""

    boundary: Value | None = None
    path: Value | None = None

    @property
    def properties(self) -> dict[str, Any]:
        """The matching properties of AWS::IAM::Role, without absent ones."""
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
