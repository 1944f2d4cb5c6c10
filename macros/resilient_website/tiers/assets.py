"""The static assets: a private S3 bucket that only CloudFront reads.

Resilient because S3 keeps each object in three zones, and its old versions for a while; the web servers' health does
not matter to it. What is uploaded below the path (`static/app.css` for `/static/app.css`) is served at once.
"""

from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, cloudfront, s3

from resilient_website.buckets import private_bucket
from resilient_website.context import Context
from resilient_website.kinds import Text
from resilient_website.properties import prop

OLD_VERSIONS_DAYS = 30


@dataclass(frozen=True)
class AssetsSpec:
    """The assets' properties and defaults."""

    path_pattern: str = prop(
        "PathPattern",
        Text("a path ending in /*, as in /static/*", r"/[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*/\*"),
        "/static/*",
        structural=True,
        lands_on="AWS::CloudFront::Distribution.DistributionConfig.CacheBehaviors.PathPattern",
        reason="where most frameworks collect their assets",
    )

    @property
    def path(self) -> str:
        """The path without the pattern's star, as in `/static/`."""
        return self.path_pattern.removesuffix("*")


@dataclass(frozen=True)
class Assets:
    """What later tiers use of the assets."""

    resources: tuple[AWSObject, ...]
    bucket: str
    bucket_domain_name: AWSHelperFn
    access_control_id: AWSHelperFn
    spec: AssetsSpec

    @property
    def attributes(self) -> dict[str, Any]:
        """The site's attributes that come from here."""
        return {"AssetsBucket": Ref(self.bucket)}


def build(context: Context, spec: AssetsSpec) -> Assets:
    """Return the bucket and CloudFront's way into it."""
    bucket = private_bucket(
        context.id("AssetsBucket"),
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
        VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
        LifecycleConfiguration=s3.LifecycleConfiguration(
            Rules=[
                s3.LifecycleRule(
                    Id="OldVersions",
                    Status="Enabled",
                    NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=OLD_VERSIONS_DAYS),
                    AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
                )
            ]
        ),
    )
    control = access_control(context, "AssetsAccessControl", "assets")
    return Assets(
        resources=(bucket, control),
        bucket=bucket.title,
        bucket_domain_name=GetAtt(bucket, "RegionalDomainName"),
        access_control_id=GetAtt(control, "Id"),
        spec=spec,
    )


def access_control(context: Context, suffix: str, purpose: str) -> cloudfront.OriginAccessControl:
    """Return an origin access control: CloudFront signs its requests, so that the bucket can stay private."""
    return cloudfront.OriginAccessControl(
        context.id(suffix),
        OriginAccessControlConfig=cloudfront.OriginAccessControlConfig(
            Name=context.unique_name(purpose),
            OriginAccessControlOriginType="s3",
            SigningBehavior="always",
            SigningProtocol="sigv4",
        ),
    )
