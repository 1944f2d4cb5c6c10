"""The bucket policy that allows an organization to read what was published. It is printed, for the owner to apply."""

from typing import Any


def read_policy(bucket: str, region: str, prefix: str, organization_id: str) -> dict[str, Any]:
    """Return a policy that allows all accounts of an organization to read the objects under a prefix, over TLS."""
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    keys = "/".join(filter(None, [prefix.strip("/"), "*"]))
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OrganizationReads",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:{partition}:s3:::{bucket}/{keys}",
                "Condition": {
                    "StringEquals": {"aws:PrincipalOrgID": organization_id},
                    "Bool": {"aws:SecureTransport": "true"},
                },
            }
        ],
    }
