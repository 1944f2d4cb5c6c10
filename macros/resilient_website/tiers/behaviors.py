"""Shared parts of a site's CloudFront distributions: origins, cache behaviors and error responses."""

from typing import Any

from troposphere import AWSHelperFn, cloudfront

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.facts.cloudfront import CACHING_OPTIMIZED, SECURITY_HEADERS
from resilient_website.tiers.assets import Assets
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.fallback import ERROR_CACHING_SECONDS, PAGE_KEY, PREFIX, Fallback

ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
READING_METHODS = ["GET", "HEAD", "OPTIONS"]

# Errors of S3 or of the way to it.
S3_FAILURES = (500, 502, 503, 504)

ASSETS_ORIGIN = "assets"
ASSETS_COPY_ORIGIN = "assets-copy"
ASSETS_ORIGINS = "assets-in-both-regions"
FALLBACK_ORIGIN = "fallback"


def bucket_origin(
    origin_id: str, domain_name: AWSHelperFn, access_control_id: AWSHelperFn, path: str = ""
) -> cloudfront.Origin:
    """Return a private bucket as an origin. The empty access identity says that origin access control is used."""
    more = {"OriginPath": path} if path else {}
    return cloudfront.Origin(
        Id=origin_id,
        DomainName=domain_name,
        S3OriginConfig=cloudfront.S3OriginConfig(OriginAccessIdentity=""),
        OriginAccessControlId=access_control_id,
        **more,
    )


def assets_origin(assets: Assets) -> cloudfront.Origin:
    """Return the assets' bucket as an origin."""
    return bucket_origin(ASSETS_ORIGIN, assets.bucket_domain_name, assets.access_control_id)


def assets_copy_origin(assets: Assets) -> tuple[cloudfront.Origin, ...]:
    """Return the bucket in another Region with the same assets as an origin; nothing without one."""
    if assets.copy_domain_name is None:
        return ()
    return (bucket_origin(ASSETS_COPY_ORIGIN, assets.copy_domain_name, assets.access_control_id),)


def assets_origin_group(assets: Assets) -> dict[str, Any]:
    """Return a distribution's origin group, which asks the copy if S3 fails in the primary Region.

    Only for the errors of S3 itself, not for a missing object, which is missing in both.
    """
    if assets.copy_domain_name is None:
        return {}
    members = [cloudfront.OriginGroupMember(OriginId=name) for name in (ASSETS_ORIGIN, ASSETS_COPY_ORIGIN)]
    group = cloudfront.OriginGroup(
        Id=ASSETS_ORIGINS,
        FailoverCriteria=cloudfront.OriginGroupFailoverCriteria(
            StatusCodes=cloudfront.StatusCodes(Items=list(S3_FAILURES), Quantity=len(S3_FAILURES))
        ),
        Members=cloudfront.OriginGroupMembers(Items=members, Quantity=len(members)),
    )
    return {"OriginGroups": cloudfront.OriginGroups(Items=[group], Quantity=1)}


def fallback_origin(fallback: Fallback) -> cloudfront.Origin:
    """Return the fallback site's bucket that visitors get as an origin."""
    return bucket_origin(FALLBACK_ORIGIN, fallback.shown.bucket_domain_name, fallback.access_control_id)


def names(domain: DomainSpec, certificate: Value | None, minimum_protocol_version: Value) -> dict[str, Any]:
    """Return a distribution's aliases and their certificate; nothing without a domain."""
    if certificate is None:
        return {}
    return {
        "Aliases": list(domain.names),
        "ViewerCertificate": cloudfront.ViewerCertificate(
            AcmCertificateArn=certificate,
            SslSupportMethod="sni-only",
            MinimumProtocolVersion=minimum_protocol_version,
        ),
    }


def assets_behavior(assets: Assets) -> dict[str, Any]:
    """Return the cache behavior of assets: cached, compressed, read-only, with CORS (which fonts need)."""
    return {
        "TargetOriginId": ASSETS_ORIGIN if assets.copy_domain_name is None else ASSETS_ORIGINS,
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": READING_METHODS,
        "CachedMethods": READING_METHODS,
        "Compress": True,
        "CachePolicyId": CACHING_OPTIMIZED,
        "ResponseHeadersPolicyId": assets.headers_policy_id,
        **({"FunctionAssociations": [_on_response(assets.function_arn)]} if assets.function_arn is not None else {}),
    }


def _on_response(function_arn: AWSHelperFn) -> cloudfront.FunctionAssociation:
    return cloudfront.FunctionAssociation(EventType="viewer-response", FunctionARN=function_arn)


def fallback_behavior() -> cloudfront.CacheBehavior:
    """Return the cache behavior of the fallback site's files. Error responses request the page itself."""
    return cloudfront.CacheBehavior(
        PathPattern=f"/{PREFIX}*",
        TargetOriginId=FALLBACK_ORIGIN,
        ViewerProtocolPolicy="redirect-to-https",
        AllowedMethods=READING_METHODS,
        CachedMethods=READING_METHODS,
        Compress=True,
        CachePolicyId=CACHING_OPTIMIZED,
        ResponseHeadersPolicyId=SECURITY_HEADERS,
    )


def friendly_page_for(*statuses: int) -> list[cloudfront.CustomErrorResponse]:
    """Return the error responses that answer these statuses of an origin with the friendly page, as 503."""
    return [
        cloudfront.CustomErrorResponse(
            ErrorCode=status,
            ResponseCode=503,
            ResponsePagePath=f"/{PAGE_KEY}",
            ErrorCachingMinTTL=ERROR_CACHING_SECONDS,
        )
        for status in statuses
    ]
