"""The charges of shared files: their storage, of an assumed size."""

from collections.abc import Iterator

from cli.analysis.availability.resources import Resources
from cli.analysis.costs.charge import Amounts, Charge, Tier
from cli.analysis.costs.price_list import PriceList

# Gigabytes of files. The template does not say how much is stored: few uploads, those of a blog, those of a shop.
STORED = Amounts(1, 10, 100)


def charges(resources: Resources, prices: PriceList) -> Iterator[Charge]:
    """Yield the charge for the storage of every file system, as if all files were in the Standard class."""
    for system in resources.of_type("AWS::EFS::FileSystem"):
        what = "GB of shared files, assumed"
        yield Charge(Tier.FILES, system.logical_id, what, STORED, prices.monthly["files"])
