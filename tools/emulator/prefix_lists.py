"""CloudFront's prefix list: the same id in every account of a Region; ministack makes one up from the list's name."""

import runpy

from ministack.core.responses import get_region  # type: ignore[import-not-found]
from ministack.services import ec2  # type: ignore[import-not-found]

from tools.repository import ROOT

# The emulator's process has the macro's package not on its path.
LISTS = ROOT / "macros" / "resilient_website" / "facts" / "prefix_lists.py"


def register() -> None:
    """Give CloudFront's list its id; all other lists keep theirs."""
    known, own = runpy.run_path(str(LISTS)), ec2._aws_pl_id_from_name
    ids = known["CLOUDFRONT_PREFIX_LISTS"]
    ec2._aws_pl_id_from_name = lambda name: (ids.get(get_region()) if name == known["NAME"] else None) or own(name)
