"""The cache policy of dynamic pages: what tells one visitor's page from another's in CloudFront's cache.

CloudFront stores an answer to a request with Authorization, and ignores Vary: only what is in the cache key keeps pages
apart. No managed policy has the Authorization header in it and stores nothing without the application's Cache-Control,
so each site has its own. Sources: "Understand the cache key" and "Configure CloudFront to forward the Authorization
header" in the Amazon CloudFront guide.
"""

from troposphere import AWSHelperFn, AWSObject, Ref, cloudfront

from resilient_website.context import Context
from resilient_website.tiers.behaviors import CACHING_DISABLED
from resilient_website.tiers.delivery.spec import DeliverySpec

POLICY = "CachePolicy"

# Whom a page is for, and what is asked of it: in the key of every site. All but Authorization are what the managed
# policy UseOriginCacheControlHeaders-QueryStrings has. Source: "Use managed cache policies".
ALWAYS = ("Authorization", "Host", "Origin", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override")

# The longest that an application may ask for: what the managed policy has, too.
YEAR = 31_536_000


def policy_of(context: Context, spec: DeliverySpec) -> tuple[AWSHelperFn | str, tuple[AWSObject, ...]]:
    """Return the id of the cache policy of dynamic pages, and the resource that it is, if the site has its own."""
    if spec.caching == "Disabled":
        return CACHING_DISABLED, ()
    policy = cloudfront.CachePolicy(
        context.id(POLICY),
        CachePolicyConfig=cloudfront.CachePolicyConfig(
            Name=context.unique_name("pages"),
            Comment=context.short_title("pages"),
            # Without a Cache-Control of the application's own, nothing is kept.
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
