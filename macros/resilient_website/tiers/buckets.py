"""Private buckets and their policies."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, GetAtt, Join, Ref, Sub, s3

from resilient_website.cloudformation.iam_documents import document
from resilient_website.cloudformation.stack_identity import with_guid

ALL_PUBLIC_ACCESS_BLOCKED = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


class Bucket(NamedTuple):
    """A bucket in policies: `reference` is what `Ref` and `Fn::Sub` use for its name."""

    reference: str
    arn: AWSHelperFn

    @property
    def name(self) -> AWSHelperFn:
        """The bucket's name."""
        return Ref(self.reference)


def of_this_template(logical_id: str) -> Bucket:
    """Return the bucket of this template with a logical id."""
    return Bucket(logical_id, GetAtt(logical_id, "Arn"))


def of_parameter(name: str) -> Bucket:
    """Return the bucket whose name is in a parameter of the template."""
    return Bucket(name, Sub(f"arn:${{AWS::Partition}}:s3:::${{{name}}}"))


def named_by_stack(path: str = "") -> AWSHelperFn:
    """Return the ARN pattern of the fallback buckets of the stack, whose names end in its GUID, or of a path in them.

    A `*` before the GUID would also match a slash, and so a key that contains the GUID in any other bucket. Source:
    "Specify resources by using wildcards" in the IAM User Guide.
    """
    return with_guid(f"arn:${{AWS::Partition}}:s3:::fallback-????????-${{Guid}}{path}")


def private_bucket(title: str, *, ownership: str = "BucketOwnerEnforced", **properties: Any) -> s3.Bucket:
    """Return an encrypted bucket that can't be made public; `properties` are further bucket properties.

    It has no ACLs, unless `ownership` allows them for legacy log delivery.
    """
    encryption = s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    return s3.Bucket(
        title,
        BucketEncryption=s3.BucketEncryption(
            ServerSideEncryptionConfiguration=[s3.ServerSideEncryptionRule(ServerSideEncryptionByDefault=encryption)]
        ),
        OwnershipControls=s3.OwnershipControls(Rules=[s3.OwnershipControlsRule(ObjectOwnership=ownership)]),
        PublicAccessBlockConfiguration=s3.PublicAccessBlockConfiguration(**ALL_PUBLIC_ACCESS_BLOCKED),
        **properties,
    )


def bucket_policy(
    title: str, bucket: Bucket, statements: Sequence[dict[str, Any]], waits_for: Sequence[str] = ()
) -> s3.BucketPolicy:
    """Return the bucket's policy: the given statements, and mandatory TLS."""
    return s3.BucketPolicy(
        title,
        **({"DependsOn": list(waits_for)} if waits_for else {}),
        Bucket=bucket.name,
        PolicyDocument=document(*statements, _tls_only(bucket)),
    )


def distribution_reads(
    bucket: Bucket, distribution: str, prefix: str = "", *, missing_is_404: bool = True
) -> dict[str, Any]:
    """Return the statement that lets one CloudFront distribution read a prefix of the bucket.

    It uses origin access control. `distribution` is a logical id, or the name of a parameter with the distribution's
    id. With s3:ListBucket, S3 returns 404 for a missing key, otherwise 403. A distribution that forwards the path `/`
    to the bucket must not have it, since S3 would return the list of all keys. Sources: "Restrict access to an Amazon
    S3 origin" and "Specify a default root object" in the Amazon CloudFront guide.
    """
    reading = ["s3:GetObject", "s3:ListBucket"] if missing_is_404 else ["s3:GetObject"]
    return {
        "Sid": f"Read{distribution}",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": reading,
        "Resource": [*([bucket.arn] if missing_is_404 else []), objects(bucket, prefix)],
        "Condition": {
            "StringEquals": {
                "AWS:SourceArn": Sub(
                    f"arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{distribution}}}"
                )
            }
        },
    }


class Reader(NamedTuple):
    """A distribution, by its logical id, that reads a prefix of a bucket; see `distribution_reads`."""

    distribution: str
    prefix: str
    missing_is_404: bool = True

    def of(self, bucket: Bucket) -> dict[str, Any]:
        """Return the statement that lets it read a bucket."""
        return distribution_reads(bucket, self.distribution, self.prefix, missing_is_404=self.missing_is_404)


def objects(bucket: Bucket, prefix: str = "") -> AWSHelperFn:
    """Return the ARN pattern of a bucket's objects below a prefix."""
    return Join("", [bucket.arn, f"/{prefix}*"])


def _tls_only(bucket: Bucket) -> dict[str, Any]:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket.arn, objects(bucket)],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
