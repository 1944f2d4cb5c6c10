"""Private buckets, and who may use them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, GetAtt, Join, Ref, Sub, s3

from resilient_website.iam_documents import document

ALL_PUBLIC_ACCESS_BLOCKED = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


@dataclass(frozen=True)
class Bucket:
    """A bucket as its policies name it: `reference` is what `Ref` and `Fn::Sub` take for its name."""

    reference: str
    arn: AWSHelperFn

    @property
    def name(self) -> AWSHelperFn:
        """The bucket's name."""
        return Ref(self.reference)


def of_this_template(logical_id: str) -> Bucket:
    """Return the bucket that this template makes under a logical id."""
    return Bucket(logical_id, GetAtt(logical_id, "Arn"))


def of_parameter(name: str) -> Bucket:
    """Return the bucket whose name a parameter of the template has."""
    return Bucket(name, Sub(f"arn:${{AWS::Partition}}:s3:::${{{name}}}"))


def private_bucket(title: str, *, ownership: str = "BucketOwnerEnforced", **properties: Any) -> s3.Bucket:
    """Return a bucket that is encrypted and can't be made public; `properties` are the bucket's own.

    It has no ACLs, unless another `ownership` says so: an older kind of log delivery wants them.
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
    """Return the bucket's policy: the given statements, and TLS for everybody."""
    return s3.BucketPolicy(
        title,
        **({"DependsOn": list(waits_for)} if waits_for else {}),
        Bucket=bucket.name,
        PolicyDocument=document(*statements, _tls_only(bucket)),
    )


def distribution_reads(bucket: Bucket, distribution: str) -> dict[str, Any]:
    """Return the statement that lets one CloudFront distribution read the bucket, through origin access control.

    `distribution` is a logical id, or the name of a parameter that has the distribution's id.
    s3:ListBucket makes a missing key a 404; without it S3 answers 403. Source: "Restrict access to an Amazon S3 origin"
    in the Amazon CloudFront guide.
    """
    return {
        "Sid": f"Read{distribution}",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [bucket.arn, objects(bucket)],
        "Condition": {
            "StringEquals": {
                "AWS:SourceArn": Sub(
                    f"arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{distribution}}}"
                )
            }
        },
    }


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
