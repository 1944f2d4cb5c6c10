"""Makes CloudFront prefer the saved page to the friendly page: a function creates an origin group for read requests.

Not an origin group of the cache behavior: CloudFront rejects these for behaviors that allow write methods. Source:
"Optimize high availability with CloudFront origin failover", and "Helper methods for origin modification".
"""

from collections.abc import Sequence
from typing import NamedTuple

from troposphere import GetAtt, cloudfront

from resilient_website.context import Context
from resilient_website.facts.runtimes import CLOUDFRONT_JAVASCRIPT
from resilient_website.inline import prefer_saved_page
from resilient_website.tiers.secondary_api import Endpoint

ORIGIN = "saved-"

# Source: "Restrictions on all edge functions" in the Amazon CloudFront guide.
MAX_BYTES = 10_000


class Preference(NamedTuple):
    """The parts for a distribution: the API as its origins, and the function of a behavior."""

    function: cloudfront.Function
    origins: tuple[cloudfront.Origin, ...]

    @property
    def association(self) -> cloudfront.FunctionAssociation:
        """The function association for a behavior."""
        return cloudfront.FunctionAssociation(
            EventType="viewer-request", FunctionARN=GetAtt(self.function, "FunctionARN")
        )


def build(
    context: Context, names: Sequence[str], endpoints: dict[str, Endpoint], web_origin: str, statuses: Sequence[int]
) -> Preference:
    """Return the preference for a site's names; `statuses` are the web servers' status codes that count as failures."""
    return Preference(_function(context, names, web_origin, statuses), _origins(names, endpoints))


def _origins(names: Sequence[str], endpoints: dict[str, Endpoint]) -> tuple[cloudfront.Origin, ...]:
    """Return the API as one origin per name: the visitor's Host is forwarded, and selects the API's domain name."""
    return tuple(
        cloudfront.Origin(
            Id=f"{ORIGIN}{number}",
            DomainName=endpoints[name].dns_name,
            ConnectionAttempts=1,
            ConnectionTimeout=5,
            CustomOriginConfig=cloudfront.CustomOriginConfig(
                OriginProtocolPolicy="https-only", OriginSSLProtocols=["TLSv1.2"]
            ),
        )
        for number, name in enumerate(names)
    )


def _function(context: Context, names: Sequence[str], web_origin: str, statuses: Sequence[int]) -> cloudfront.Function:
    return cloudfront.Function(
        context.id("PreferSavedPage"),
        Name=context.unique_name("saved-page"),
        AutoPublish=True,
        FunctionCode=prefer_saved_page.CODES[0].text(names, web_origin, ORIGIN, statuses),
        FunctionConfig=cloudfront.FunctionConfig(
            Comment="Requests the saved page when the web servers fail", Runtime=CLOUDFRONT_JAVASCRIPT
        ),
    )
