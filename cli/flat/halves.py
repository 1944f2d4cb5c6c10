"""The other half of a site with a copy in another Region, as a flat template of its own."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.flat.template import flat_template
from resilient_website.read_template import read_sites
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers.secondary_region.spec import BACKUPS

Json = dict[str, Any]


@dataclass(frozen=True)
class OtherHalf:
    """The half in a secondary Region, and whether it is for a recovery from backups only."""

    region: str
    template: Json
    recovers: bool

    def file(self, output: Path) -> Path:
        """Return the file beside that of the primary half."""
        return output.with_name(f"{output.stem}.{self.region}{output.suffix}")

    def note(self, output: Path, region: str) -> str:
        """Return when to deploy both halves; `region` is the primary one."""
        other = self.file(output)
        if self.recovers:
            return (
                f"{other}: recovers the site in {self.region} from its backups. Deploy it there only for that, under "
                f"the name of the stack in {region}"
            )
        return (
            f"{other}: the half in {self.region}. Deploy {output} in {region} first, then this file in {self.region} "
            "under the same stack name"
        )


def other_halves(template: Json, parameters: Mapping[str, Any], region: str, macro: str) -> tuple[OtherHalf, ...]:
    """Return the halves in the secondary Regions of the template's sites; none in such a Region.

    With Mode: Backups, it is the half that a recovery makes, in which the secondary Region is the active one.
    """
    specs = read_sites(template, parameters, region, macro, settled=False)
    halves = []
    for there in sorted({spec.copied_to for spec in specs.values() if spec.copied_to}):
        backed_up = [name for name, spec in specs.items() if spec.copied_to == there and _needs_recovery(spec)]
        written = _active_there(template, backed_up, there)
        made = flat_template(written, parameters, there, macro)
        halves.append(OtherHalf(there, made, recovers=bool(backed_up)))
    return tuple(halves)


def _needs_recovery(spec: SiteSpec) -> bool:
    return (
        spec.secondary is not None and spec.secondary.mode == BACKUPS and spec.secondary.active_region != spec.copied_to
    )


def _active_there(template: Json, sites: list[str], region: str) -> Json:
    """Return the template with a Region as the active one of these sites."""
    changed = copy.deepcopy(template)
    for site in sites:
        changed["Resources"][site]["Properties"]["Secondary"]["ActiveRegion"] = region
    return changed
