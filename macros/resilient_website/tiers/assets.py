"""The static assets: a private S3 bucket that only CloudFront reads.

Resilient because S3 stores each object in three zones, and keeps old versions for a while; independent of the web
servers' health. Objects below the path (`static/app.css` for `/static/app.css`) are served as soon as they are
uploaded.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, cloudfront, s3

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.facts.cloudfront import CORS_AND_SECURITY_HEADERS
from resilient_website.facts.runtimes import CLOUDFRONT_JAVASCRIPT
from resilient_website.frozen import frozen
from resilient_website.quoting import javascript
from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.properties import PropertyGroup, prop
from resilient_website.reading.property_types import Boolean, Text
from resilient_website.reading.web_origins import ORIGIN
from resilient_website.tiers.buckets import private_bucket
from resilient_website.tiers.teardown import RETAIN, store_policies

OLD_VERSIONS_DAYS = 30

# A year, the longest common cache lifetime in HTTP. Source: RFC 8246, "HTTP Immutable Responses".
FOR_EVER = "public, max-age=31536000, immutable"
CODE = (Path(__file__).parents[1] / "inline" / "immutable_asset.js").read_text(encoding="utf-8")
HSTS_SECONDS = 31_536_000


# Source: "Cache behavior settings" in the Amazon CloudFront guide, Path pattern.
MAX_PATTERN_LENGTH = 255


@frozen
class AssetsSpec(PropertyGroup):
    """The assets' properties and defaults."""

    path_pattern: str = prop(
        "PathPattern",
        # /_fallback/ has the friendly page, with its own cache behavior.
        Text(
            "a path ending in /*, as in /static/*, and not below /_fallback/",
            r"/(?!_fallback/)[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*/\*",
            longest=MAX_PATTERN_LENGTH,
        ),
        "/static/*",
        known_at_expansion=True,
        examples=("/assets/*", "/build/static/*"),
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.CacheBehaviors.PathPattern",
        reason="where most frameworks collect their assets",
    )

    immutable: bool = prop(
        "Immutable",
        Boolean(),
        False,
        known_at_expansion=True,
        maps_to="AWS::CloudFront::Function, "
        "AWS::CloudFront::Distribution.DistributionConfig.CacheBehaviors.FunctionAssociations",
        reason="turn it on if every file name contains a version or a hash: browsers then keep assets and never "
        "request them again. Otherwise each object's own Cache-Control applies",
    )
    cors_allow_origins: tuple[Value, ...] = prop(
        "CorsAllowOrigins",
        ListOf(ORIGIN, 1, 20),
        ("*",),
        known_at_expansion=True,
        examples=(["https://www.example.com"], ["https://*.example.com"]),
        maps_to="AWS::CloudFront::ResponseHeadersPolicy, "
        "AWS::CloudFront::ResponseHeadersPolicy.ResponseHeadersPolicyConfig.CorsConfig.AccessControlAllowOrigins.Items",
        reason="all origins: assets are public, and browsers need it to show fonts",
    )

    @property
    def path(self) -> str:
        """The path without the pattern's asterisk, as in `/static/`."""
        return self.path_pattern.removesuffix("*")


class Assets(NamedTuple):
    """The results of the assets for later tiers."""

    resources: tuple[AWSObject, ...]
    bucket: str
    bucket_domain_name: AWSHelperFn
    access_control_id: AWSHelperFn
    headers_policy_id: Value
    function_arn: AWSHelperFn | None
    spec: AssetsSpec
    # The domain name of the bucket in another Region that has the same objects; None without one.
    copy_domain_name: AWSHelperFn | None = None

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {"AssetsBucket": Ref(self.bucket)}


def build(
    context: Context,
    spec: AssetsSpec,
    teardown: str,
    replication: Mapping[str, Any] | None = None,
    copy_domain_name: AWSHelperFn | None = None,
) -> Assets:
    """Return the bucket and its origin access control.

    `teardown` is the bucket's deletion policy; `replication` are the bucket's properties for a copy in another Region,
    and `copy_domain_name` is that of the bucket there.
    """
    bucket = private_bucket(
        context.id("AssetsBucket"),
        **store_policies(teardown, RETAIN),
        VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
        LifecycleConfiguration=old_versions_expire(),
        **(replication or {}),
    )
    control = access_control(context, "AssetsAccessControl", "assets")
    headers = [_headers_policy(context, spec)] if spec.cors_allow_origins != ("*",) else []
    functions = [_kept_for_ever(context)] if spec.immutable else []
    return Assets(
        resources=(bucket, control, *headers, *functions),
        bucket=bucket.title,
        bucket_domain_name=GetAtt(bucket, "RegionalDomainName"),
        access_control_id=GetAtt(control, "Id"),
        headers_policy_id=Ref(headers[0]) if headers else CORS_AND_SECURITY_HEADERS,
        function_arn=GetAtt(functions[0], "FunctionARN") if functions else None,
        spec=spec,
        copy_domain_name=copy_domain_name,
    )


def old_versions_expire() -> s3.LifecycleConfiguration:
    """Return the lifecycle of a versioned bucket: old versions are kept for a while."""
    return s3.LifecycleConfiguration(
        Rules=[
            s3.LifecycleRule(
                Id="OldVersions",
                Status="Enabled",
                NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=OLD_VERSIONS_DAYS),
                AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
            )
        ]
    )


def _headers_policy(context: Context, spec: AssetsSpec) -> cloudfront.ResponseHeadersPolicy:
    """Return a response headers policy for CORS with specific origins, which no managed policy has."""
    cors = cloudfront.CorsConfig(
        AccessControlAllowCredentials=False,
        AccessControlAllowHeaders=cloudfront.AccessControlAllowHeaders(Items=["*"]),
        AccessControlAllowMethods=cloudfront.AccessControlAllowMethods(Items=["GET", "HEAD", "OPTIONS"]),
        AccessControlAllowOrigins=cloudfront.AccessControlAllowOrigins(Items=list(spec.cors_allow_origins)),
        OriginOverride=True,
    )
    security = cloudfront.SecurityHeadersConfig(
        ContentTypeOptions=cloudfront.ContentTypeOptions(Override=True),
        StrictTransportSecurity=cloudfront.StrictTransportSecurity(AccessControlMaxAgeSec=HSTS_SECONDS, Override=False),
    )
    return cloudfront.ResponseHeadersPolicy(
        context.id("AssetsHeadersPolicy"),
        ResponseHeadersPolicyConfig=cloudfront.ResponseHeadersPolicyConfig(
            Name=context.unique_name("assets"), CorsConfig=cors, SecurityHeadersConfig=security
        ),
    )


def _kept_for_ever(context: Context) -> cloudfront.Function:
    """Return the function that tells browsers to keep an asset.

    A response headers policy would also apply to errors, so that browsers would keep a 404 for a year. Source:
    "Restrictions on all edge functions", HTTP status codes.
    """
    return cloudfront.Function(
        context.id("KeepAssets"),
        Name=context.unique_name("assets"),
        AutoPublish=True,
        FunctionCode=javascript.filled(CODE, {"CACHE_CONTROL": FOR_EVER}),
        FunctionConfig=cloudfront.FunctionConfig(
            Comment="Browsers keep assets for a year", Runtime=CLOUDFRONT_JAVASCRIPT
        ),
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
