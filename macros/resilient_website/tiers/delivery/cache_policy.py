"""The cache policy of dynamic pages, whose cache key separates visitors' pages.

CloudFront caches responses to requests with Authorization, and ignores Vary: only the cache key separates pages. No
managed policy both includes the Authorization header and caches nothing without the application's Cache-Control, so
each site has its own policy. Sources: "Understand the cache key" and "Configure CloudFront to forward the Authorization
header" in the Amazon CloudFront guide.
"""

from troposphere import AWSHelperFn, AWSObject, Ref, cloudfront

from resilient_website.context import Context
from resilient_website.facts.cloudfront import CACHING_DISABLED
from resilient_website.tiers.delivery.spec import DeliverySpec

POLICY = "CachePolicy"

# Headers in the cache key of every site. All but Authorization are what the managed policy
# UseOriginCacheControlHeaders-QueryStrings has. Source: "Use managed cache policies".
ALWAYS = ("Authorization", "Host", "Origin", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override")

# The maximum TTL that an application can set, as in the managed policy.
YEAR = 31_536_000


def policy_of(context: Context, spec: DeliverySpec) -> tuple[AWSHelperFn | str, tuple[AWSObject, ...]]:
    """Return the cache policy id of dynamic pages, and its resource if the site has its own."""
    if spec.caching == "Disabled":
        return CACHING_DISABLED, ()
    policy = cloudfront.CachePolicy(
        context.id(POLICY),
        CachePolicyConfig=cloudfront.CachePolicyConfig(
            Name=context.unique_name("pages"),
            Comment=context.short_title("pages"),
            # Without Cache-Control from the application, nothing is cached.
            MinTTL=0,
            DefaultTTL=0,
            MaxTTL=YEAR,
            ParametersInCacheKeyAndForwardedToOrigin=cloudfront.ParametersInCacheKeyAndForwardedToOrigin(
                CookiesConfig=cloudfront.CacheCookiesConfig(CookieBehavior="all"),
                QueryStringsConfig=cloudfront.CacheQueryStringsConfig(QueryStringBehavior="all"),
                HeadersConfig=cloudfront.CacheHeadersConfig(
                    HeaderBehavior="whitelist", Headers=[*ALWAYS, *spec.cache_key_headers]
                ),
                EnableAcceptEncodingGzip=True,
                EnableAcceptEncodingBrotli=True,
            ),
        ),
    )
    return Ref(policy), (policy,)
