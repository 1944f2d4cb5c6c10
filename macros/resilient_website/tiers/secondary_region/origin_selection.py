"""What leads visitors to the active half behind internal load balancers, which DNS can't lead CloudFront to.

The distribution has both halves' VPC origins. A CloudFront function selects one for each request, of every method, by a
value in a key value store. `switch` writes the value; the template has none, so that no update changes it. Without the
value, the primary half answers. Sources: "Helper methods for origin modification", selectRequestOriginById(), and
"Amazon CloudFront KeyValueStore" in the Amazon CloudFront guide.
"""

from typing import NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, cloudfront

from resilient_website.context import Context
from resilient_website.facts.runtimes import CLOUDFRONT_JAVASCRIPT
from resilient_website.inline import select_origin

# Ends of logical ids.
STORE = "SwitchStore"
FUNCTION = "SelectOrigin"


class Selection(NamedTuple):
    """The parts for a distribution: the key value store and the function, the copy's origin, and the association."""

    resources: tuple[AWSObject, ...]
    origin: cloudfront.Origin
    association: cloudfront.FunctionAssociation


def build(context: Context, region: str, origin: cloudfront.Origin) -> Selection:
    """Return what selects the `origin` of the copy in `region` while it is the active half."""
    store = cloudfront.KeyValueStore(
        context.id(STORE),
        Name=context.unique_name("switch"),
        Comment=context.short_title("Region of the active half"),
    )
    function = cloudfront.Function(
        context.id(FUNCTION),
        Name=context.unique_name("select-origin"),
        AutoPublish=True,
        FunctionCode=select_origin.CODES[0].text({region: origin.Id}),
        FunctionConfig=cloudfront.FunctionConfig(
            Comment="Selects the active half's origin",
            Runtime=CLOUDFRONT_JAVASCRIPT,
            KeyValueStoreAssociations=[cloudfront.KeyValueStoreAssociation(KeyValueStoreARN=store_arn(context))],
        ),
    )
    association = cloudfront.FunctionAssociation(
        EventType="viewer-request", FunctionARN=GetAtt(function, "FunctionARN")
    )
    return Selection((store, function), origin, association)


def store_arn(context: Context) -> AWSHelperFn:
    """Return the ARN of the key value store."""
    return GetAtt(context.id(STORE), "Arn")
