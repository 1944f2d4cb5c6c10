"""CloudFront's prefix list: the same id in every account of a Region; ministack makes one up from the list's name."""

from ministack.core.responses import get_region  # type: ignore[import-not-found]
from ministack.services import ec2  # type: ignore[import-not-found]

from resilient_website.tiers.load_balancer.prefix_lists import CLOUDFRONT_PREFIX_LISTS, NAME


def register() -> None:
    """Give CloudFront's list its id; all other lists keep theirs."""
    own = ec2._aws_pl_id_from_name
    ec2._aws_pl_id_from_name = lambda name: (
        (CLOUDFRONT_PREFIX_LISTS.get(get_region()) if name == NAME else None) or own(name)
    )
